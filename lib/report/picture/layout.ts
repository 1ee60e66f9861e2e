import type { Report, ReportedForward, ReportedInstance } from "../report";

/** Where everything stands, in pixels; a picture is drawn of it. */
export interface Layout {
  readonly width: number;
  readonly height: number;
  readonly rowHeight: number;
  readonly columns: readonly PlacedColumn[];
}

/** A column of projects below one trunk line. */
export interface PlacedColumn {
  readonly x: number;
  readonly projects: readonly PlacedProject[];
}

/** A project, or the part of it that is in this column. */
export interface PlacedProject {
  readonly name: string;
  /** Whether an earlier column began it. */
  readonly continued: boolean;
  readonly y: number;
  readonly height: number;
  readonly instances: readonly PlacedInstance[];
  /** Names of instances that no forward leads to. */
  readonly idle: readonly string[];
  readonly idleY: number;
}

/** An instance with forwards, or the part of it that is in this column. */
export interface PlacedInstance {
  readonly instance: ReportedInstance;
  readonly continued: boolean;
  readonly y: number;
  readonly height: number;
  readonly rows: readonly { readonly forward: ReportedForward; readonly y: number }[];
}

/** Measures of a column, from its left edge. */
export const measures = {
  trunk: 12,
  sources: 24,
  chip: 170,
  chipWidth: 206,
  project: 398,
  instance: 410,
  columnWidth: 690,
  columnGap: 34,
  margin: 24,
  /** Inside an instance, above and below its rows. */
  padding: 4,
  /** Between instances, and below the last one. */
  gap: 8,
  projectHead: 30,
  projectGap: 16,
  idleHeight: 22,
} as const;

/** Something that stays in one piece. */
interface Unit {
  readonly project: string;
  readonly instance?: ReportedInstance;
  readonly continued?: boolean;
  readonly forwards: readonly ReportedForward[];
  readonly idle: readonly string[];
  readonly height: number;
}

/** Shape that is best on a wall and on paper: as many columns as come nearest to it. */
const wanted = 1.55;

/**
 * Places projects in columns, so that the picture of 500 forwards is still one to look at.
 * @param top height of what stands above the columns
 */
export function layOut({ stacks }: Report, top: number): Layout {
  const { columnWidth, columnGap, margin } = measures;
  const count = stacks
    .flatMap(({ projects }) => projects.flatMap(({ instances }) => instances))
    .reduce((sum, { forwards }) => sum + forwards.length, 0);
  const rowHeight = count <= 60 ? 26 : count <= 160 ? 23 : 20;
  const projects = stacks.flatMap(({ name, projects: all }) =>
    all.map((project) => ({
      name: stacks.length > 1 ? `${project.name} (stack ${name})` : project.name,
      project,
    })),
  );
  const longest = Math.max(8, Math.ceil(Math.sqrt(count) * 2));
  const units = projects.flatMap(({ name, project }) => unitsOf(name, project.instances, rowHeight, longest));
  const widthOf = (columns: number) => 2 * margin + columns * columnWidth + (columns - 1) * columnGap;
  const candidates = [1, 2, 3, 4, 5, 6, 7, 8].map((columns) => fill(units, columns, rowHeight));
  const shape = (columns: PlacedColumnDraft[]) =>
    Math.abs(Math.log(widthOf(columns.length) / (top + heightOf(columns)) / wanted));
  const best = candidates.reduce((one, other) => (shape(other) < shape(one) - 1e-9 ? other : one));
  return {
    width: widthOf(Math.max(1, best.length)),
    height: top + heightOf(best) + margin,
    rowHeight,
    columns: best.map(({ units: own }, at) => ({
      x: margin + at * (columnWidth + columnGap),
      projects: placed(own, top, rowHeight, units),
    })),
  };
}

function unitsOf(
  project: string,
  instances: readonly ReportedInstance[],
  rowHeight: number,
  longest: number,
): Unit[] {
  const { padding, gap, idleHeight } = measures;
  const reached = instances.filter(({ forwards }) => forwards.length > 0);
  const idle = instances.filter(({ forwards }) => forwards.length === 0).map(({ name }) => name);
  const units = reached.flatMap((instance): Unit[] => {
    const parts: Unit[] = [];
    for (let at = 0; at < instance.forwards.length; at += longest) {
      const forwards = instance.forwards.slice(at, at + longest);
      const height = forwards.length * rowHeight + 2 * padding + gap;
      parts.push({ project, instance, continued: at > 0, forwards, idle: [], height });
    }
    return parts;
  });
  return idle.length === 0 && units.length > 0
    ? units
    : [...units, { project, forwards: [], idle, height: idleHeight + gap }];
}

type PlacedColumnDraft = { readonly units: Unit[]; height: number };

const heightOf = (columns: readonly PlacedColumnDraft[]): number =>
  Math.max(60, ...columns.map(({ height }) => height));

/** The lowest columns, at most so many, that hold all units in order. */
function fill(units: readonly Unit[], columns: number, step: number): PlacedColumnDraft[] {
  const total = pour(units, Number.POSITIVE_INFINITY)[0]?.height ?? 0;
  for (let height = total / columns; ; height += step) {
    const filled = pour(units, height);
    if (filled.length <= columns) return filled;
  }
}

function pour(units: readonly Unit[], height: number): PlacedColumnDraft[] {
  const columns: PlacedColumnDraft[] = [];
  for (const unit of units) {
    const last = columns.at(-1);
    const sameProject = last?.units.at(-1)?.project === unit.project;
    const head = sameProject ? 0 : measures.projectHead + measures.projectGap;
    if (last && last.height + head + unit.height <= height) {
      last.units.push(unit);
      last.height += head + unit.height;
    } else {
      columns.push({
        units: [unit],
        height: measures.projectHead + measures.projectGap + unit.height,
      });
    }
  }
  return columns;
}

type Draft<T> = { -readonly [K in keyof T]: T[K] };

function placed(own: readonly Unit[], top: number, rowHeight: number, all: readonly Unit[]): PlacedProject[] {
  const { padding, gap, projectHead, projectGap } = measures;
  const projects: (Draft<PlacedProject> & { instances: PlacedInstance[] })[] = [];
  let y = top;
  for (const unit of own) {
    let project = projects.at(-1);
    if (project?.name !== unit.project) {
      if (project) y += projectGap;
      const continued = all.find((other) => other.project === unit.project) !== unit;
      project = { name: unit.project, continued, y, height: 0, instances: [], idle: [], idleY: 0 };
      projects.push(project);
      y += projectHead;
    }
    const { instance, forwards, continued = false } = unit;
    if (instance) {
      const rows = forwards.map((forward, at) => ({
        forward,
        y: y + padding + at * rowHeight + rowHeight / 2,
      }));
      project.instances.push({ instance, continued, y, height: unit.height - gap, rows });
    } else {
      project.idle = unit.idle;
      project.idleY = y;
    }
    y += unit.height;
    project.height = y - project.y;
  }
  return projects;
}

import { type ReportedForward, remains } from "../report";
import { forMarkup } from "../show/escape";
import {
  changeSigns,
  closedText,
  externalText,
  internalPorts,
  internalText,
  sourcesText,
} from "../show/phrases";
import { isKnown, shownText } from "../shown";
import { measures, type PlacedInstance, type PlacedProject } from "./layout";
import { element, fitted, line, widthOf } from "./svg-text";

/** A project, its instances, and what leads to them from the trunk line of the column at `x`. */
export function drawProject(project: PlacedProject, x: number, rowHeight: number): string {
  const { columnWidth, projectHead } = measures;
  const left = x + measures.project;
  const name = project.continued ? `${project.name}, continued` : project.name;
  const room = columnWidth - measures.project - 24;
  return [
    element("rect", {
      class: "fl-panel",
      x: left,
      y: project.y,
      width: columnWidth - measures.project,
      height: project.height,
      rx: 8,
    }),
    line(name, left + 12, project.y + projectHead / 2, { size: 13, style: "fl-ink fl-strong", room }),
    ...project.instances.map((instance) => drawInstance(instance, x, rowHeight)),
    project.idle.length === 0
      ? ""
      : line(`not reachable: ${project.idle.join(", ")}`, left + 12, project.idleY + 10, {
          size: 11,
          style: "fl-faint",
          room,
        }),
  ].join("\n");
}

function drawInstance(
  { instance, continued, y, height, rows }: PlacedInstance,
  x: number,
  rowHeight: number,
): string {
  const left = x + measures.instance;
  const width = measures.columnWidth - measures.instance - 12;
  const size = rowHeight >= 26 ? 12.5 : rowHeight >= 23 ? 11.5 : 10.5;
  const sign = instance.own ? changeSigns[instance.own.change].sign : "";
  const name = `${sign === "" ? "" : `${sign} `}${instance.name}${continued ? ", continued" : ""}`;
  const address = isKnown(instance.privateIp) ? instance.privateIp : "";
  const right = left + width - 10;
  const gone = instance.own !== undefined && !remains(instance.own);
  const labels =
    rows.length === 1
      ? oneLine(name, address, right, rows[0]!.y, size, width - 110)
      : [
          line(name, right, rows[0]!.y, {
            size,
            style: "fl-ink fl-strong",
            anchor: "end",
            room: width - 110,
          }),
          line(address, right, rows[1]!.y, {
            size: size - 1.5,
            style: "fl-faint fl-code",
            anchor: "end",
            room: width - 110,
          }),
        ];
  return element(
    "g",
    gone ? { class: "fl-gone" } : {},
    [
      element("rect", { class: "fl-box", x: left, y, width, height, rx: 6 }),
      ...labels,
      ...rows.map(({ forward, y: at }) => drawForward(forward, x, at, rowHeight)),
    ].join("\n"),
  );
}

/** Name and address beside each other; the address goes first where there is no room for both. */
function oneLine(
  name: string,
  address: string,
  right: number,
  y: number,
  size: number,
  room: number,
): string[] {
  const addressWidth = widthOf(address, size - 1.5, true);
  const fits = address !== "" && widthOf(name, size) + addressWidth + 10 <= room;
  const nameRoom = fits ? room - addressWidth - 10 : room;
  return [
    line(name, fits ? right - addressWidth - 8 : right, y, {
      size,
      style: "fl-ink fl-strong",
      anchor: "end",
      room: nameRoom,
    }),
    fits ? line(address, right, y, { size: size - 1.5, style: "fl-faint fl-code", anchor: "end" }) : "",
  ];
}

function drawForward(forward: ReportedForward, x: number, y: number, rowHeight: number): string {
  const { exposure, change } = forward;
  const { sign, word } = changeSigns[change];
  const chip = x + measures.chip;
  const target = x + measures.instance;
  const chipHeight = rowHeight - 5;
  const size = rowHeight >= 26 ? 11 : rowHeight >= 23 ? 10.5 : 9.5;
  const late = isKnown(forward.externalPort) ? "" : " fl-late";
  const gone = !remains(forward);
  const external =
    forward.copies === undefined ? externalText(forward) : `${externalText(forward)} ×${forward.copies}`;
  const who = closedText(forward) ?? sourcesText(forward, 1).replace(/ and (\d+) more$/, " +$1");
  const ends = exposure === "closed" ? blocked(chip - 3, y) : arrow(chip, y, exposure);
  const service = forward.services.length === 0 ? "" : ` ${forward.services.join(", ")}`;
  const internal = internalPorts(forward);
  const parts = [
    element("title", {}, forMarkup(tooltip(forward, word))),
    element("path", {
      class: `fl-wire fl-wire-${exposure}`,
      d: `M${x + measures.trunk} ${y}H${exposure === "closed" ? chip - 6 : chip - 7}`,
    }),
    ends,
    ...sourcesLabel(who, x + measures.sources, y, size - 0.5, exposure === "sensitive"),
    element("rect", {
      class: `fl-chip-${exposure}`,
      x: chip,
      y: y - chipHeight / 2,
      width: measures.chipWidth,
      height: chipHeight,
      rx: 5,
    }),
    line(external, chip + 9, y, {
      size,
      style: `fl-code fl-on-${exposure}${late}`,
      room: measures.chipWidth - (sign === "" ? 16 : 30),
    }),
    gone ? element("path", { class: "fl-struck", d: `M${chip + 6} ${y}h${measures.chipWidth - 26}` }) : "",
    element("path", {
      class: `fl-wire fl-wire-${exposure}`,
      d: `M${chip + measures.chipWidth} ${y}H${target - 1}`,
    }),
    element("circle", { class: `fl-tip-${exposure}`, cx: target, cy: y, r: 3.5 }),
    line(`${internal}${service}`, target + 11, y, { size, style: "fl-code fl-ink", room: 104 }),
    sign === "" ? "" : badge(sign, chip + measures.chipWidth - 10, y, Math.min(7.5, chipHeight / 2 - 1)),
  ];
  return element("g", gone ? { class: "fl-gone" } : {}, parts.join(""));
}

/** Who may connect, in a gap of the wire. */
function sourcesLabel(text: string, x: number, y: number, size: number, strong: boolean): string[] {
  const room = measures.chip - measures.sources - 22;
  const shown = fitted(text, room, size);
  const gap = {
    x,
    y: y - size * 0.6,
    width: Math.min(room, widthOf(shown, size) * (strong ? 1.15 : 1)) + 10,
    height: size * 1.2,
  };
  return [
    element("rect", { class: "fl-paper", ...gap }),
    line(shown, x + 5, y, { size, style: strong ? "fl-ink fl-strong" : "fl-faint" }),
  ];
}

const arrow = (x: number, y: number, exposure: string): string =>
  element("path", { class: `fl-tip-${exposure}`, d: `M${x} ${y}l-9 -4.5v9z` });

/** A bar before the port: nothing gets through. */
const blocked = (x: number, y: number): string =>
  element("path", { class: "fl-bar", d: `M${x} ${y - 6}v12` });

const badge = (sign: string, x: number, y: number, r: number): string =>
  element("circle", { class: "fl-sign", cx: x, cy: y, r }) +
  line(sign, x, y, { size: r * 1.7, style: "fl-on-sign fl-strong", anchor: "middle" });

function tooltip(forward: ReportedForward, word: string): string {
  const parts = [
    `${externalText(forward)} -> ${internalText(forward)}`,
    closedText(forward) ?? `for ${sourcesText(forward, 20)}`,
    forward.description === "" ? "" : shownText(forward.description),
    word,
    forward.constructPath ?? forward.address,
  ];
  return parts.filter((part) => part !== "").join("\n");
}

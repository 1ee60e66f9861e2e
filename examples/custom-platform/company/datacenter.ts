import { openHole, type Running, startBox } from "./machines";
import { type Box, catalogue, type Hole, type Me, type Refusal, type Tenant } from "./records";

/** Why a job failed. */
export class Refused extends Error {
  constructor(readonly why: Refusal) {
    super(why);
  }
}

/** What the company has, and its rules. It holds everything in memory; boxes and holes carry real packets. */
export class Datacenter {
  readonly tenants = new Map<number, Tenant>();
  readonly boxes = new Map<number, Box>();
  readonly holes = new Map<number, Hole>();
  private readonly running = new Map<number, Running>();
  private lastNo = 1000;
  private lastOuter: number;

  /** @param base first two bytes of the network of boxes, below 127.0.0.0/8 so that this machine can answer for them */
  constructor(
    private readonly me: Omit<Me, "may">,
    private readonly base: string,
  ) {
    this.lastOuter = me.outer.low - 1;
  }

  async addTenant({ title, memo = "" }: Partial<Tenant>): Promise<number> {
    const no = ++this.lastNo;
    const net = `${this.base}.${(no % 250) + 1}.0/24`;
    this.putTenant({ no, title: title!, net, memo, born_at: Date.now() });
    return no;
  }

  async changeTenant(no: number, change: Partial<Tenant>): Promise<number> {
    this.putTenant({ ...found(this.tenants, no), ...change, no });
    return no;
  }

  async removeTenant(no: number): Promise<number> {
    found(this.tenants, no);
    const inside = [...this.boxes.values(), ...this.holes.values()];
    if (inside.some(({ tenant_no }) => tenant_no === no)) throw new Refused("NOT_EMPTY");
    this.tenants.delete(no);
    return no;
  }

  async addBox({ tenant_no, title, disk, size, memo = "" }: Partial<Box>): Promise<number> {
    const { net } = found(this.tenants, tenant_no!);
    const no = ++this.lastNo;
    const prefix = net.replace(/\.0\/24$/, "");
    const used = new Set([...this.boxes.values()].map(({ ip }) => ip));
    const ip = Array.from({ length: 253 }, (_, i) => `${prefix}.${i + 2}`).find((free) => !used.has(free))!;
    const box: Box = {
      ...{ no, tenant_no: tenant_no!, title: title!, disk: disk!, size: size!, ip, memo },
      ...{ state: "UP", born_at: Date.now() },
    };
    guardCatalogue(box);
    this.boxes.set(no, box);
    this.running.set(no, await startBox(box.disk, box.title, box.ip));
    return no;
  }

  async changeBox(no: number, { title, size, memo }: Partial<Box>): Promise<number> {
    const box = found(this.boxes, no);
    const changed = { ...box, title: title ?? box.title, size: size ?? box.size, memo: memo ?? box.memo };
    guardCatalogue(changed);
    this.boxes.set(no, changed);
    return no;
  }

  async removeBox(no: number): Promise<number> {
    found(this.boxes, no);
    this.boxes.delete(no);
    await this.end(no);
    for (const hole of this.holes.values()) {
      if (hole.box_no !== no) continue;
      this.holes.set(hole.no, { ...hole, box_no: null });
      await this.end(hole.no);
    }
    return no;
  }

  async addHole({ box_no, kind, inner, outer, memo = "" }: Partial<Hole>): Promise<number> {
    const { tenant_no } = found(this.boxes, box_no!);
    const no = ++this.lastNo;
    const wanted = { no, tenant_no, box_no: box_no!, kind: kind!, inner: inner!, memo, born_at: Date.now() };
    await this.putHole({ ...wanted, outer: outer ?? this.nextOuter(wanted.kind) });
    return no;
  }

  async changeHole(no: number, change: Partial<Hole>): Promise<number> {
    await this.putHole({ ...found(this.holes, no), ...change, no });
    return no;
  }

  async removeHole(no: number): Promise<number> {
    found(this.holes, no);
    this.holes.delete(no);
    await this.end(no);
    return no;
  }

  async close(): Promise<void> {
    await Promise.all([...this.running.keys()].map((no) => this.end(no)));
  }

  private putTenant(tenant: Tenant): void {
    const others = [...this.tenants.values()].filter(({ no }) => no !== tenant.no);
    if (others.some(({ title }) => title === tenant.title)) throw new Refused("TITLE_TAKEN");
    this.tenants.set(tenant.no, tenant);
  }

  private async putHole(hole: Hole): Promise<void> {
    const rivals = [...this.holes.values()].filter(({ no, kind }) => no !== hole.no && kind === hole.kind);
    if (rivals.some(({ outer }) => outer === hole.outer)) throw new Refused("OUTER_TAKEN");
    const sameInside = ({ box_no, inner }: Hole) => box_no === hole.box_no && inner === hole.inner;
    if (hole.box_no !== null && rivals.some(sameInside)) throw new Refused("INNER_TAKEN");
    const before = this.holes.get(hole.no);
    const box = hole.box_no === null ? undefined : found(this.boxes, hole.box_no);
    this.holes.set(hole.no, hole);
    await this.end(hole.no);
    if (!box) return;
    try {
      const outer = { ip: this.me.public_ip, port: hole.outer };
      this.running.set(hole.no, await openHole(hole.kind, outer, { ip: box.ip, port: hole.inner }));
    } catch {
      // Another program has that port of this machine.
      if (!before) this.holes.delete(hole.no);
      else await this.putHole(before);
      throw new Refused("OUTER_UNAVAILABLE");
    }
  }

  private nextOuter(kind: Hole["kind"]): number {
    const { low, high } = this.me.outer;
    const taken = new Set([...this.holes.values()].filter((hole) => hole.kind === kind).map((h) => h.outer));
    for (let i = 0; i <= high - low; i++) {
      this.lastOuter = this.lastOuter >= high ? low : this.lastOuter + 1;
      if (!taken.has(this.lastOuter)) return this.lastOuter;
    }
    throw new Refused("OUTER_TAKEN");
  }

  private async end(no: number): Promise<void> {
    const running = this.running.get(no);
    this.running.delete(no);
    await running?.close();
  }
}

function found<T>(things: ReadonlyMap<number, T>, no: number): T {
  const thing = things.get(no);
  if (!thing) throw new Refused("NO_SUCH_THING");
  return thing;
}

function guardCatalogue({ disk, size }: Box): void {
  if (!catalogue.disks.some(({ title }) => title === disk)) throw new Refused("UNKNOWN_DISK");
  if (!catalogue.sizes.some(({ title }) => title === size)) throw new Refused("UNKNOWN_SIZE");
}

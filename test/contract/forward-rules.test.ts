import {
  guardForward,
  type Instance,
  type PortForward,
  type Project,
  type WantedForward,
} from "../../lib/contract";

const project = (id: string, externalIps: string[]) =>
  ({ id, name: `project ${id}`, externalIps }) as Project;
const instance = (id: string, projectId: string) => ({ id, projectId, name: `box ${id}` }) as Instance;
const forward = (more: Partial<PortForward>) =>
  ({
    ...{ id: "f1", projectId: "p1", instanceId: "i1", protocol: "tcp", internalPort: 9000, portCount: 10 },
    ...{ externalPort: 30_000, externalIp: "192.0.2.1", ownershipId: null, ...more },
  }) as PortForward;

const held = forward({});
const around = {
  projects: [project("p1", ["192.0.2.1", "192.0.2.2"]), project("p2", ["192.0.2.1"])],
  instances: [instance("i1", "p1"), instance("i2", "p1"), instance("i3", "p2")],
  portForwards: [
    held,
    forward({ id: "f2", instanceId: null, internalPort: 1, externalPort: 31_000, portCount: 1 }),
  ],
  ports: { from: 20_000, to: 32_767 },
};
const wanted: WantedForward = {
  ...{ projectId: "p1", instanceId: "i2", protocol: "tcp", internalPort: 9000, portCount: 1 },
};
const guard = (more: Partial<WantedForward>, before?: PortForward) => () =>
  guardForward({ ...wanted, ...more }, around, before);

test.each<[string, Partial<WantedForward>]>([
  ["nothing chosen", {}],
  ["a free port", { externalPort: 30_010 }],
  ["a port that is held at another address", { externalPort: 30_005, externalIp: "192.0.2.2" }],
  ["a port that is held of another protocol", { externalPort: 30_005, protocol: "udp" }],
  ["a range up to the last port there is", { externalPort: 32_758, portCount: 10 }],
  ["no instance", { instanceId: null, internalPort: 1 }],
])("%s is allowed", (_, more) => {
  expect(guard(more)).not.toThrow();
});

test.each<[string, Partial<WantedForward>, string, string, string]>([
  [
    "PROXY headers of udp",
    { proxyProtocol: true, protocol: "udp" },
    "invalid_argument",
    "/proxyProtocol",
    "forward tcp",
  ],
  ["a held port", { externalPort: 30_009 }, "external_port_taken", "/externalPort", "30000-30009/tcp"],
  [
    "a range that overlaps",
    { externalPort: 29_995, portCount: 6 },
    "external_port_taken",
    "/externalPort",
    "of project project p1, to instance box i1",
  ],
  [
    "the port of a detached forward",
    { externalPort: 31_000 },
    "external_port_taken",
    "/externalPort",
    "detached",
  ],
  [
    "a port outside",
    { externalPort: 32_768 },
    "external_port_out_of_range",
    "/externalPort",
    "20000 to 32767",
  ],
  [
    "a range that leaves the ports",
    { externalPort: 32_760, portCount: 20 },
    "external_port_out_of_range",
    "/externalPort",
    "32760-32779",
  ],
  [
    "an internal port that is forwarded",
    { instanceId: "i1", internalPort: 9009 },
    "internal_port_taken",
    "/internalPort",
    "9000-9009",
  ],
  [
    "an instance that is not there",
    { instanceId: "i9" },
    "invalid_argument",
    "/instanceId",
    "no instance i9",
  ],
  ["an instance of another project", { instanceId: "i3" }, "project_mismatch", "/instanceId", "box i3"],
  ["a project that is not there", { projectId: "p9" }, "invalid_argument", "/projectId", "no project p9"],
  [
    "a strange address",
    { externalIp: "192.0.2.9" },
    "unknown_external_ip",
    "/externalIp",
    "192.0.2.1, 192.0.2.2",
  ],
  [
    "a range beyond the last port",
    { internalPort: 65_535, portCount: 2 },
    "invalid_argument",
    "/portCount",
    "at most 1 ports",
  ],
])("%s is refused", (_, more, code, field, text) => {
  expect(guard(more)).toThrow(
    expect.objectContaining({ code, field, message: expect.stringContaining(text) }),
  );
});

test("a changed forward does not stand in its own way, and the field that was changed is at fault", () => {
  expect(guard({ instanceId: "i1", portCount: 11, externalPort: 30_000 }, held)).not.toThrow();
  const second = forward({ id: "f3", internalPort: 9010, externalPort: 29_990 });
  const grown = { ...second, portCount: 11 };
  expect(guard(grown, second)).toThrow(
    expect.objectContaining({ code: "external_port_taken", field: "/portCount" }),
  );
  const other = forward({ id: "f4", instanceId: "i2", externalPort: 29_000 });
  expect(guard({ ...other, instanceId: "i1" }, other)).toThrow(
    expect.objectContaining({ code: "internal_port_taken", field: "/instanceId" }),
  );
});

test("free ports nearby are offered", () => {
  expect(guard({ externalPort: 30_004 })).toThrow(
    expect.objectContaining({ details: expect.objectContaining({ freePorts: [29_999, 30_010, 29_998] }) }),
  );
});

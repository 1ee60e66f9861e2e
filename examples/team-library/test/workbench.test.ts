import { TerraformStack, Testing } from "cdktf";
import { Port, Project } from "fairlead";
import { office, vpn, Workbench } from "../lib";

let stack: TerraformStack;
let project: Project;
let bench: Workbench;
beforeEach(() => {
  stack = new TerraformStack(Testing.app(), "bench");
  project = new Project(stack, "Project", { name: "bench" });
  bench = new Workbench(stack, "Bench", { project, until: "2026-12-31T18:00:00+09:00" });
});

test("a workbench is reached from the office and the VPN, and from nowhere else", () => {
  expect(stack).toExpose(bench.instance, { port: Port.SSH, from: [office, vpn] });
  expect(stack).toExpose(bench.instance, { port: 8080, from: [office, vpn] });
  expect(stack).toExposeNothingTo("0.0.0.0/0");
  expect(stack).not.toExpose(bench.instance, { from: "203.0.113.0/24" });
});

test("it closes when it is no longer needed", () => {
  for (const port of [22, 8080]) {
    expect(stack).toHaveForward({ instance: bench.instance, port, expiresAt: "2026-12-31T09:00:00Z" });
  }
});

test("the sources can be others", () => {
  const lab = new Workbench(stack, "Lab", {
    ...{ project, until: "2026-12-31T18:00:00+09:00", allowedCidrs: ["192.0.2.0/24"] },
  });
  expect(lab).toExpose(lab.instance, { port: 22, from: "192.0.2.7/32" });
  expect(lab).toExposeNothingTo(office);
});

test("it is made of these resources", () => {
  expect(stack).toMatchSnapshot();
});

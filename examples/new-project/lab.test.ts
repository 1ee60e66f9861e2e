import { Testing } from "cdktf";
import { ExposurePolicy } from "fairlead";
import { Lab } from "./lab";

const lab = new Lab(Testing.app(), "lab");

test("the web page is all that can be reached, and only from this machine", () => {
  const { fairlead_port_forward: forwards } = JSON.parse(Testing.synth(lab)).resource;
  expect(Object.values(forwards)).toMatchObject([
    { protocol: "tcp", internal_port: 8080, allowed_cidrs: ["127.0.0.0/8"] },
  ]);
});

test("the exposure policy lets it pass", () => {
  const errors = ExposurePolicy.review(lab).findings.filter(({ level }) => level === "error");
  expect(errors.map(({ problem, fix }) => `${problem} ${fix}`)).toEqual([]);
});

import { Testing } from "cdktf";
import { Lab } from "./lab";

const lab = new Lab(Testing.app(), "lab");

test("this machine reaches the web page", () => {
  expect(lab).toExpose(lab.web, { port: 8080, from: "127.0.0.0/8" });
});

test("nobody else reaches anything", () => {
  expect(lab).toExposeNothingTo("0.0.0.0/0");
});

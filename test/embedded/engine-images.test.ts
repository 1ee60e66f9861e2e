import { createSocket } from "node:dgram";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { build, cleanUp, freshAddress, talk, testEngine } from "./engine-fixture";

beforeAll(build);
afterEach(cleanUp);

describe("http-hello", () => {
  test("names its instance on both web ports", async () => {
    const { engine, machine } = testEngine({});
    const web = machine("http-hello");
    await engine.start(web);
    for (const port of [8080, 8081]) {
      const answer = await fetch(`http://${web.privateIp}:${port}/`);
      expect(answer.headers.get("content-type")).toMatch(/^text\/plain/);
      expect(await answer.text()).toBe(`hello from web (${web.privateIp}:${port}, image http-hello)\n`);
    }
  });

  test("greets like an SSH server and closes after the client's line", async () => {
    const { engine, machine } = testEngine({});
    const web = machine("http-hello");
    await engine.start(web);
    const socket = connect(2222, web.privateIp);
    const [greeting] = await once(socket, "data");
    expect(String(greeting)).toBe("SSH-2.0-Fairlead_hello web\r\n");
    socket.write("SSH-2.0-test\r\n");
    await once(socket, "end");
  });
});

describe("echo", () => {
  test("returns what it gets after the client has finished sending, at any size", async () => {
    const { engine, machine } = testEngine({});
    const echo = machine("echo");
    await engine.start(echo);
    const text = "0123456789abcdef".repeat(256 * 1024);
    expect((await talk(echo.privateIp, 7007, text)) === text).toBe(true);
  });

  test("returns datagrams", async () => {
    const { engine, machine } = testEngine({});
    const echo = machine("echo");
    await engine.start(echo);
    const socket = createSocket("udp4");
    socket.send("ping", 7007, echo.privateIp);
    const [data, from] = await once(socket, "message");
    socket.close();
    expect([String(data), from.address, from.port]).toEqual(["ping", echo.privateIp, 7007]);
  });

  test("runs twice on the same port, each on its own address and nowhere else", async () => {
    const { engine, machine } = testEngine({});
    const [one, two] = [machine("echo"), machine("echo", { id: "i-2" })];
    await Promise.all([engine.start(one), engine.start(two)]);
    expect(await talk(one.privateIp, 7007, "one")).toBe("one");
    expect(await talk(two.privateIp, 7007, "two")).toBe("two");
    await expect(talk(freshAddress(), 7007, "")).rejects.toThrow("ECONNREFUSED");

    await engine.stop("i-1");
    await expect(talk(one.privateIp, 7007, "")).rejects.toThrow("ECONNREFUSED");
    expect(await talk(two.privateIp, 7007, "two")).toBe("two");
  });
});

test("built-in images run in the smallest flavor, with room to spare", async () => {
  const { engine, machine } = testEngine({});
  const [echo, web] = [
    machine("echo", { memoryMib: 128, cpus: 1 }),
    machine("http-hello", { id: "i-2", memoryMib: 128, cpus: 1 }),
  ];
  await Promise.all([engine.start(echo), engine.start(web)]);
  const text = "0123456789abcdef".repeat(1024 * 1024);
  expect((await talk(echo.privateIp, 7007, text)) === text).toBe(true);
  for (let i = 0; i < 500; i++) expect((await fetch(`http://${web.privateIp}:8080/`)).status).toBe(200);
});

test("built-in programs are there without any package", async () => {
  const { engine, machine, folder } = testEngine({});
  await engine.start(machine("echo"));
  const pid = Number(readFileSync(join(folder("i-1"), "process"), "utf8").split(" ")[0]);
  expect(readFileSync(`/proc/${pid}/maps`, "utf8")).not.toMatch(/node_modules/);
});

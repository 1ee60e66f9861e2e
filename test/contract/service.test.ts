import { services, servicesAt } from "../../lib/contract";

test("a port is known by the service that usually answers there, in a range each once", () => {
  expect(servicesAt("tcp", { first: 22, count: 1 })).toMatchObject([{ name: "ssh", kind: "administration" }]);
  expect(servicesAt("tcp", { first: 3000, count: 1000 }).map(({ name }) => name)).toEqual([
    "remote desktop",
    "mysql",
  ]);
  expect(servicesAt("tcp", { first: 5900, count: 2 }).map(({ name }) => name)).toEqual(["vnc"]);
  expect(servicesAt("tcp", { first: 40022, count: 1 })).toEqual([]);
});

test("of UDP nothing is known", () => {
  expect(servicesAt("udp", { first: 22, count: 1 })).toEqual([]);
});

test("no port is that of two services", () => {
  const ports = services.flatMap((service) => service.ports);
  expect(new Set(ports).size).toBe(ports.length);
});

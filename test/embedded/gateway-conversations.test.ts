import { Conversations } from "../../lib/embedded/gateway/conversations";
import type { Flow } from "../../lib/embedded/gateway/flow";

const flow = (remoteAddress: string, remotePort: number): Flow => ({ remoteAddress, remotePort }) as Flow;

test("all addresses of an IPv6 network of 64 bits are one client", () => {
  const conversations = new Conversations(16);
  const flows = Array.from({ length: 8 }, (_, i) => flow(`2001:db8:0:1::${i + 1}`, 1000 + i));
  for (const one of flows) conversations.add(one);
  expect(conversations.yielding("2001:db8:0:2::1")).toBe(flows[0]);
  // To itself it does not give way, in whichever way its address is written.
  expect(conversations.yielding("2001:0db8::1:ffff:0:0:1")).toBeUndefined();
  for (const one of flows.slice(0, 6)) conversations.remove(one);
  // Two of sixteen are no more than its share.
  expect(conversations.yielding("2001:db8:0:2::1")).toBeUndefined();
});

test("of several that have too many, the one that has most gives way", () => {
  const conversations = new Conversations(16);
  const of = (address: string, count: number) => {
    const flows = Array.from({ length: count }, (_, i) => flow(address, i + 1));
    for (const one of flows) conversations.add(one);
    return flows;
  };
  of("192.0.2.1", 3);
  const most = of("192.0.2.2", 5);
  of("192.0.2.3", 1);
  expect(conversations.yielding("192.0.2.4")).toBe(most[0]);
  for (const one of most.slice(0, 3)) conversations.remove(one);
  expect(conversations.yielding("192.0.2.4")).toMatchObject({ remoteAddress: "192.0.2.1" });
  expect(conversations.yielding("192.0.2.1")).toBeUndefined();
});

import type { IInstance, Peer } from "../../constructs";
import { type ExposureExpectation, toExpose } from "./to-expose";
import { toExposeNothingTo } from "./to-expose-nothing-to";
import { type ForwardExpectation, toHaveForward } from "./to-have-forward";

/**
 * What can be expected of a construct with forwards in it: a stack, a project, an instance, a forward, an app. Forwards
 * are seen as they will be synthesized, with what aspects, overrides and Lazy values say. What only Terraform will know
 * fails an assertion that depends on it, with and without `.not`.
 */
export interface FairleadMatchers<R> {
  /**
   * Forwards lead to the instance: to the port, from all of the sources. With `.not`, no forward does, from any of them.
   *
   * @example
   * expect(stack).toExpose(web, { port: 22, from: "198.51.100.0/24" });
   * expect(stack).not.toExpose(db);
   */
  toExpose(instance: IInstance, expectation?: ExposureExpectation): R;
  /**
   * No forward lets in the network, nor any address of it; "0.0.0.0/0" stands for everyone, as in the exposure policy.
   *
   * @example
   * expect(stack).toExposeNothingTo("0.0.0.0/0");
   */
  toExposeNothingTo(source: string | Peer | readonly (string | Peer)[]): R;
  /**
   * There is a forward that is as expected.
   *
   * @example
   * expect(stack).toHaveForward({ instance: web, port: Port.tcp(8080), externalPort: 30080 });
   */
  toHaveForward(expectation: ForwardExpectation): R;
}

/**
 * The matchers, for `expect.extend(matchers)` in jest or Vitest; `import "fairlead/testing/jest"` does that and more.
 *
 * @example
 * expect.extend(matchers);
 */
export const matchers = { toExpose, toExposeNothingTo, toHaveForward };

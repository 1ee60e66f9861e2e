import { cpuOf } from "./cost";
import { costRows } from "./cost-rows";
import { atLeast, atMost, type Row } from "./measure";
import { withManyResources } from "./terraform-bench";

const parallelism = 50;

/** `terraform apply` of new forwards, many at a time, beside the same number of `terraform_data`. */
export const run = (count = 1000): Promise<Row[]> =>
  withManyResources(count, async (forwards, data, { traffic }) => {
    const apply = ["apply", "-auto-approve", `-parallelism=${parallelism}`];
    const bare = await data.terraform(...apply);
    const ours = await forwards.terraform(...apply);
    return [
      ...costRows(`apply of ${count} terraform_data`, [bare]),
      ...costRows(`apply of ${count} forwards`, [ours]),
      {
        what: "apply of forwards / terraform_data, CPU",
        value: `${(cpuOf(ours) / cpuOf(bare)).toFixed(2)}x`,
      },
      atLeast(
        `forwards that are made at a time, of ${parallelism}`,
        traffic.mostCreates,
        parallelism / 2,
        "",
      ),
      { what: "API requests of that apply", value: String(traffic.requests) },
      atMost("of these refused", traffic.refused, 0, ""),
    ];
  });

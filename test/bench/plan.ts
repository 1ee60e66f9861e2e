import { type Cost, cpuOf } from "./cost";
import { costRows } from "./cost-rows";
import { atMost, median, type Row } from "./measure";
import { withManyResources } from "./terraform-bench";

const rounds = 3;

/** `terraform plan` of unchanged forwards beside the same number of `terraform_data`. */
export const run = (count = 5000): Promise<Row[]> =>
  withManyResources(count, async (forwards, data, { traffic }) => {
    await forwards.deploy();
    await data.deploy();
    const ours: Cost[] = [];
    const bare: Cost[] = [];
    let perPlan = 0;
    for (let round = 0; round < rounds; round++) {
      bare.push(await data.terraform("plan", "-detailed-exitcode"));
      const before = traffic.requests;
      ours.push(await forwards.terraform("plan", "-detailed-exitcode"));
      perPlan = traffic.requests - before;
    }
    return [
      ...costRows(`plan of ${count} terraform_data`, bare),
      ...costRows(`plan of ${count} forwards`, ours),
      atMost(
        "plan of forwards / terraform_data, CPU",
        median(ours.map(cpuOf)) / median(bare.map(cpuOf)),
        1.5,
      ),
      atMost("API requests of that plan", perPlan, 10, ""),
    ];
  });

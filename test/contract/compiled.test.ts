import { collections, compiledWhenBusy, parse, problemsOf } from "../../lib/contract";

const given = { projectId: "prj_1", instanceId: "ins_1", protocol: "tcp", internalPort: 22 };

test("a schema that is used often goes on to say the same", () => {
  const schema = compiledWhenBusy(collections.portForwards.create);
  const wrong = { ...given, internalPort: 0, allowedCidrs: ["10.0.0.1/8"] };
  const results = Array.from({ length: 150 }, () => [
    parse(schema(), given),
    problemsOf(schema(), wrong).map(({ message }) => message),
  ]);
  const plain = collections.portForwards.create;
  const expected = [parse(plain, given), problemsOf(plain, wrong).map(({ message }) => message)];
  expect(expected[1]).toHaveLength(2);
  for (const result of results) expect(result).toEqual(expected);
});

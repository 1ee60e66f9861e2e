import type { FoundProject } from "./found";
import { inComment } from "./literal";
import { kebabCase, language, Names, pascalCase } from "./names";
import { Sources } from "./sources";
import { StackCode } from "./stack-code";
import { wordsOf } from "./words";

/** What the file imports or declares itself. */
const ofFile = [
  "App",
  "Construct",
  "ExposurePolicy",
  "Instance",
  "Peer",
  "Port",
  "Project",
  "TerraformStack",
  "app",
  "asFound",
];

/** The parameters of a stack, which its statements stand among. */
const parameters = ["scope", "id"];

/** Writes a program for what was found: a stack for each project, with a state of its own. */
export function programOf(projects: readonly FoundProject[], adoptsInstances: boolean): string {
  const file = new Names(ofFile, language());
  const sources = new Sources(projects, file);
  const ids = new Names();
  const stacks = projects.map((found) => {
    const words = wordsOf(found.project.name);
    const wanted = pascalCase(words, "Lab");
    const name = file.take(wanted, `${wanted}Stack`);
    // Names that differ may be alike as ids: XRay and Xray.
    const id = ids.take(kebabCase(name));
    return {
      found,
      name,
      id,
      code: new StackCode(found, sources, new Names(parameters, file), adoptsInstances),
    };
  });
  const bodies = stacks.map(({ found, name, code }) => stackClass(found, name, code.statements()));
  const imports = new Set(stacks.flatMap(({ code }) => [...code.imports]));
  if (sources.areUsed) imports.add("Peer");
  return [
    importsOf(imports),
    [...sources.declarations, ...(imports.has("ExposurePolicy") ? [asFound] : [])].join("\n"),
    ...bodies,
    [
      "const app = new App();",
      ...stacks.map(({ name, id }) => `new ${name}(app, "${id}");`),
      "app.synth();",
    ].join("\n"),
  ]
    .filter((part) => part !== "")
    .join("\n\n")
    .concat("\n");
}

const asFound =
  'const asFound = "It was open when this code was made; nobody has decided yet whether it has to be.";';

function importsOf(names: ReadonlySet<string>): string {
  return [
    'import { App, TerraformStack } from "cdktf";',
    'import type { Construct } from "constructs";',
    `import { ${[...names].sort().join(", ")} } from "fairlead";`,
  ].join("\n");
}

function stackClass({ project, detached }: FoundProject, name: string, statements: string): string {
  const leftOut =
    detached.length === 0
      ? []
      : [
          " *",
          ` * ${detached.length} more lead nowhere, since their instances are gone: \`fairlead forward list\` shows them.`,
        ];
  return [
    "/**",
    ` * What leads to the machines of ${inComment(project.name)} and was made by hand. It has a state of its own: without this`,
    " * stack nothing plans, changes or destroys them. Each `importFrom` may go once it is deployed.",
    ...leftOut,
    " */",
    `export class ${name} extends TerraformStack {`,
    "  constructor(scope: Construct, id: string) {",
    "    super(scope, id);",
    statements,
    "  }",
    "}",
  ].join("\n");
}

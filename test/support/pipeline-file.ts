import { parse } from "yaml";

/** What a file of a CI service makes of one event: a job, as the service would run it. */
export interface PipelineJob {
  readonly name: string;
  /** Whether it begins with the repository; otherwise it has artifacts alone. */
  readonly hasCheckout: boolean;
  /** One script, of exactly the commands of the file. */
  readonly script: string;
  readonly environment: Readonly<Record<string, string>>;
  /** Files that it hands on. */
  readonly artifacts: readonly string[];
}

interface GithubStep {
  readonly uses?: string;
  readonly run?: string;
  readonly if?: string;
  readonly "working-directory"?: string;
  readonly env?: Record<string, string>;
  readonly with?: { readonly path?: string };
}

interface GithubFile {
  readonly env: Record<string, string>;
  readonly jobs: Record<string, { readonly if?: string; readonly steps: readonly GithubStep[] }>;
}

/**
 * The jobs of a GitHub Actions workflow, in their order.
 * @param values of what the file has expressions of: "secrets.FAIRLEAD_TOKEN"
 * @throws Error for what is not understood here, so that nothing of the file is left out
 */
export function githubJobs(text: string, values: Readonly<Record<string, string>>): PipelineJob[] {
  const { env, jobs } = parse(text) as GithubFile;
  const happens = (condition: string | undefined): boolean => {
    if (condition === undefined) return true;
    const [, name, wanted] = /^(github\.event_name) == '(\w+)'$/.exec(condition) ?? [];
    if (name === undefined) throw new Error(`not understood: if: ${condition}`);
    return values[name] === wanted;
  };
  const resolved = (of: Readonly<Record<string, string>> = {}) =>
    Object.entries(of).map(([name, text]) => {
      const value = String(text).replace(/\$\{\{ (.+?) \}\}/g, (_, expression: string) => {
        if (values[expression] === undefined) throw new Error(`no value for ${expression}`);
        return values[expression];
      });
      return [name, value] as const;
    });
  return Object.entries(jobs)
    .filter(([, job]) => happens(job.if))
    .map(([name, job]) => {
      const steps = job.steps.filter((step) => happens(step.if));
      const using = (action: string) => steps.filter(({ uses }) => uses?.startsWith(`actions/${action}@`));
      return {
        name,
        hasCheckout: using("checkout").length > 0,
        script: steps.flatMap(githubScript).join("\n"),
        environment: Object.fromEntries([env, ...steps.map((step) => step.env)].flatMap(resolved)),
        artifacts: using("upload-artifact").map((step) => step.with!.path!),
      };
    });
}

/** A shell for each step, as it has there. */
function githubScript({ run, "working-directory": folder = "." }: GithubStep): string[] {
  if (run === undefined) return [];
  if (run.includes("$" + "{{")) throw new Error(`an expression in a command can be anything: ${run}`);
  return [`(\ncd ${folder}\n${run}\n)`];
}

interface GitlabJob {
  readonly script: readonly string[];
  readonly variables?: Record<string, string>;
  readonly rules?: readonly { readonly if: string }[];
  readonly artifacts?: { readonly paths: readonly string[] };
}

/** The jobs of a GitLab CI file, in their order. @param variables those that the service and the project's settings give */
export function gitlabJobs(text: string, variables: Readonly<Record<string, string>>): PipelineJob[] {
  const { stages: _, default: __, workflow, variables: common, ...jobs } = parse(text);
  const happens = (rules: GitlabJob["rules"]): boolean =>
    rules === undefined ||
    rules.some(({ if: condition }) => {
      const [, name, text, other] = /^\$(\w+) == (?:"(\w+)"|\$(\w+))$/.exec(condition) ?? [];
      if (name === undefined) throw new Error(`not understood: if: ${condition}`);
      return variables[name] !== undefined && variables[name] === (text ?? variables[other!]);
    });
  if (!happens(workflow.rules)) return [];
  return Object.entries(jobs as Record<string, GitlabJob>)
    .filter(([, job]) => happens(job.rules))
    .map(([name, job]) => ({
      name,
      hasCheckout: job.variables?.GIT_STRATEGY !== "none",
      script: job.script.join("\n"),
      environment: { ...common, ...variables, ...job.variables },
      artifacts: job.artifacts?.paths ?? [],
    }));
}

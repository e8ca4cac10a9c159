import { ProblemError } from '../lib/problem.ts';
import { showProblem } from './show.ts';

interface CliCommand {
  readonly summary: string;
  run(args: string[]): Promise<number>;
}

/** Every command; each is loaded when it is called. */
const commands: Readonly<Record<string, { summary: string; load: () => Promise<Pick<CliCommand, 'run'>> }>> = {
  nodes: { summary: 'nodes [--json]                 every node type', load: () => import('./nodes.ts') },
  check: {
    summary: 'check GRAPH [--json]           types, sizes, costs and problems',
    load: () => import('./check.ts'),
  },
  plan: {
    summary: 'plan GRAPH [options]           the steps of a run, or a node’s tensor programs; see plan --help',
    load: () => import('./plan.ts'),
  },
  run: { summary: 'run GRAPH [options]            runs a graph; see run --help', load: () => import('./run.ts') },
  data: {
    summary: 'data NAME                      fetches and packs a data set, prints where it lies',
    load: () => import('./data.ts'),
  },
  serve: { summary: 'serve [--port N]               starts the server and a runner', load: () => import('./serve.ts') },
  runner: {
    summary: 'runner --server URL            computes the runs of a server; see runner --help',
    load: () => import('./runner.ts'),
  },
  'runner-token': {
    summary: 'runner-token NAME              makes the token of a runner',
    load: () => import('./runner-token.ts'),
  },
  restore: {
    summary: 'restore [FILE]                 brings a backup of the embedded database back',
    load: () => import('./restore.ts'),
  },
};

const usage = (): string => `Patchbay: machine-learning pipelines from typed nodes.

${Object.values(commands)
  .map(({ summary }) => `  patchbay ${summary}`)
  .join('\n')}
`;

export async function main(argv: readonly string[]): Promise<void> {
  const [name, ...args] = argv;
  const command = name && Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (!command) {
    process.stdout.write(usage());
    process.exitCode = name === undefined || name === '--help' || name === 'help' ? 0 : 2;
    if (process.exitCode) process.stderr.write(`There is no command ${name}.\n`);
    return;
  }
  try {
    process.exitCode = await (await command.load()).run(args);
  } catch (error) {
    if (error instanceof ProblemError) process.stderr.write(`${showProblem(error.problem)}\n`);
    else if (error instanceof TypeError && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS'))
      process.stderr.write(`${error.message}\n`);
    else throw error;
    process.exitCode = 2;
  }
}

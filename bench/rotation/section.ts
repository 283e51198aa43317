import { FUNCTION_NAMES } from '../../infra/function-list.ts';
import { LATENCIES } from '../latencies.ts';
import { figureTable, row } from '../markdown-table.ts';
import { median } from '../median.ts';
import { milliseconds } from '../milliseconds.ts';
import { CALL_REASONS } from './call-reasons.ts';
import type { RotationReport } from './measure.ts';
import type { TimePart } from './time-split.ts';
import type { RotationTimes } from './timed-sandbox.ts';
import { type DurationName, durationsOf, verdicts } from './verdicts.ts';

const PARTS: Readonly<Record<TimePart, string>> = {
  genesys: 'Genesys Cloud',
  aws: 'Calls of AWS',
  orchestration: 'Orchestration (state transitions, invocations)',
  coldStarts: 'Cold starts',
  polling: 'Polling (the execution has closed, and the next poll is due)',
};

const DURATIONS: Readonly<Record<DurationName, string>> = {
  totalMs: 'Total, from RotateSecret to the end of `finishSecret`',
  untilCurrentMs: 'Until `AWSCURRENT` has moved',
  tokenGapMs: "Token gap, from Genesys Cloud's response until `AWSCURRENT` has moved",
};

/** The section on a single rotation, as Markdown. */
export function rotationSection(report: RotationReport): string {
  return [
    '## A rotation',
    '',
    'A credential is rotated in the sandbox. Calls, state transitions, invocations and cold starts take the medians of the [latencies below](#latencies). The clock moves for nothing else: computing in the functions takes no time, and Secrets Manager begins each step at once, because AWS does not publish how long it waits. So the figures are exact and do not depend on this machine. The table compares:',
    '',
    '- **This stack**.',
    '- **One Lambda** that rotates in the four steps of Secrets Manager, as the refresh Lambda of the Genesys Cloud blueprint *Move voicemail to S3* does.',
    `- **The lower bound** of any design: ${report.bound.calls.join(', ')}; one after the other, and nothing else.`,
    '',
    ...durationTable(report),
    '',
    `The same with times drawn at random from the distributions of the latencies, over ${report.workflow.drawn.length} warm rotations:`,
    '',
    ...drawnTable(report),
    '',
    '### Where the time goes',
    '',
    ...splitTable(report),
    '',
    '### Targets',
    '',
    ...verdicts(report).map(text => `- ${text}`),
    '',
    '### Calls',
    '',
    ...callTable(report.workflow.warm),
    '',
    `There are ${countOf(report.workflow.warm, 'transition')} state transitions: five Tasks, the choice of the route, and the end, which shows the result in the console. The one Lambda makes ${countOf(report.oneLambda.warm, 'aws')} AWS calls and no transition.`,
    '',
    '### Latencies',
    '',
    row(['What', 'Median', 'p99', 'Source']),
    row(['---', '---:', '---:', '---']),
    ...Object.entries(LATENCIES).map(([name, { p50Ms, p99Ms, source }]) =>
      row([`\`${name}\``, milliseconds(p50Ms), milliseconds(p99Ms), source]),
    ),
    '',
    'If you have figures of your own account, put them into [`bench/latencies.ts`](../bench/latencies.ts).',
    '',
  ].join('\n');
}

function durationTable({ workflow, oneLambda, bound }: RotationReport): string[] {
  const names = Object.keys(DURATIONS) as DurationName[];
  return figureTable(
    ['', 'This stack', 'One Lambda', 'Lower bound', 'To the bound', 'Cold', 'One Lambda, cold'],
    names.map(name => [
      DURATIONS[name],
      milliseconds(workflow.warm[name]),
      milliseconds(oneLambda.warm[name]),
      milliseconds(bound[name]),
      `${(workflow.warm[name] / bound[name]).toFixed(2)}×`,
      milliseconds(workflow.cold[name]),
      milliseconds(oneLambda.cold[name]),
    ]),
  );
}

function drawnTable({ workflow, oneLambda }: RotationReport): string[] {
  const names = Object.keys(DURATIONS) as DurationName[];
  return figureTable(
    ['', 'This stack, median', 'slowest', 'One Lambda, median', 'slowest'],
    names.map(name => [
      DURATIONS[name],
      ...[workflow, oneLambda].flatMap(({ drawn }) => {
        const values = durationsOf(drawn, name);
        return [milliseconds(median(values)), milliseconds(Math.max(...values))];
      }),
    ]),
  );
}

function splitTable({ workflow, oneLambda }: RotationReport): string[] {
  const splits = [
    workflow.warm.totalSplit,
    workflow.warm.tokenGapSplit,
    workflow.cold.totalSplit,
    workflow.cold.tokenGapSplit,
    oneLambda.warm.totalSplit,
    oneLambda.warm.tokenGapSplit,
  ];
  return figureTable(
    ['', 'This stack: total', 'token gap', 'Cold: total', 'token gap', 'One Lambda: total', 'token gap'],
    (Object.keys(PARTS) as TimePart[]).map(part => [
      PARTS[part],
      ...splits.map(split => milliseconds(split[part])),
    ]),
  );
}

/** @throws Error a call has no reason in call-reasons.ts */
function callTable({ waits }: RotationTimes): string[] {
  const counts = new Map<string, number>();
  for (const { kind, by, name } of waits) {
    if (kind === 'aws') counts.set(`${by} ${name}`, (counts.get(`${by} ${name}`) ?? 0) + 1);
  }
  return [
    row(['Function', 'Operation', 'Calls', 'Why']),
    row(['---', '---', '---:', '---']),
    ...[...counts]
      .sort(([one], [other]) => rank(one) - rank(other))
      .map(([call, count]) => {
        const reason = CALL_REASONS[call];
        if (reason === undefined)
          throw new Error(`bench/rotation/call-reasons.ts has no reason for ${call}.`);
        const [by = '', operation = ''] = call.split(' ');
        return row([`\`${by}\``, `\`${operation}\``, `${count}`, reason]);
      }),
  ];
}

/** Sorts the functions in the order in which a rotation needs them. */
function rank(call: string): number {
  return FUNCTION_NAMES.findIndex(name => call.startsWith(`${name} `));
}

function countOf({ waits }: RotationTimes, kind: string): number {
  return waits.filter(wait => wait.kind === kind).length;
}

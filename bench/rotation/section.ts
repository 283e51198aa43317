import { milliseconds } from '../durations.ts';
import { LATENCIES } from '../latencies.ts';
import { figureTable, row } from '../markdown-table.ts';
import { median } from '../median.ts';
import { LOWER_BOUND_CALLS } from './lower-bound.ts';
import type { RotationReport } from './measure.ts';
import { nameOfCall, POLL, ROTATION_CALLS } from './rotation-calls.ts';
import type { TimePart } from './time-split.ts';
import type { RotationTimes } from './timed-sandbox.ts';
import { type DurationName, durationsOf, times, verdicts } from './verdicts.ts';

const PARTS: Readonly<Record<TimePart, string>> = {
  genesys: 'Genesys Cloud',
  aws: 'AWS calls',
  orchestration: 'Orchestration (state transitions, invocations)',
  coldStarts: 'Cold starts',
  polling: 'Polling (from the end of the execution to the next poll)',
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
    'The benchmark rotates a credential in the sandbox. Calls, state transitions, invocations and cold starts take the median [latencies below](#latencies). Nothing else takes time: computation in the functions does not, and Secrets Manager starts each step immediately, because AWS does not publish how long it waits. The figures are therefore exact and do not depend on this machine. The table compares:',
    '',
    '- **This stack**.',
    '- **One Lambda** that rotates in the four steps of Secrets Manager, as the refresh Lambda of the Genesys Cloud blueprint *Move voicemail to S3* does.',
    `- **The lower bound** of any design, which must do at least this, in sequence: ${LOWER_BOUND_CALLS.join(', ')}.`,
    '',
    ...durationTable(report),
    '',
    `The same comparison with latencies drawn at random from their distributions, over ${report.workflow.drawn.length} warm rotations:`,
    '',
    ...drawnTable(report),
    '',
    '### With alternating grants',
    '',
    'The same credential with [two grants](alternating-grants.md), with the medians of the latencies. A rotation exchanges the grant that consumers do not use, so the token gap is 0 for each consumer that reads the secret at least once per rotation interval.',
    '',
    ...twoGrantsTable(report),
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
    `There are ${countOf(report.workflow.warm, 'transition')} state transitions: five Tasks, the choice of the route, and the final state, which shows the result in the Step Functions console. One Lambda makes ${countOf(report.oneLambda.warm, 'aws')} AWS calls and no transition.`,
    '',
    '### Latencies',
    '',
    row(['Latency', 'Median', 'p99', 'Source']),
    row(['---', '---:', '---:', '---']),
    ...Object.entries(LATENCIES).map(([name, { p50Ms, p99Ms, source }]) =>
      row([`\`${name}\``, milliseconds(p50Ms), milliseconds(p99Ms), source]),
    ),
    '',
    'If you have measurements from your own account, enter them in [`bench/latencies.ts`](../bench/latencies.ts).',
    '',
  ].join('\n');
}

function durationTable({ workflow, oneLambda, bound }: RotationReport): string[] {
  const names = Object.keys(DURATIONS) as DurationName[];
  return figureTable(
    ['', 'This stack', 'One Lambda', 'Lower bound', 'Ratio to bound', 'Cold', 'One Lambda, cold'],
    names.map(name => [
      DURATIONS[name],
      milliseconds(workflow.warm[name]),
      milliseconds(oneLambda.warm[name]),
      milliseconds(bound.median[name]),
      times(workflow.warm[name], bound.median[name]),
      milliseconds(workflow.cold[name]),
      milliseconds(oneLambda.cold[name]),
    ]),
  );
}

function twoGrantsTable({ workflow, twoGrants }: RotationReport): string[] {
  const names = Object.keys(DURATIONS) as DurationName[];
  return figureTable(
    ['', 'Two grants', 'One grant', 'Two grants, cold', 'One grant, cold'],
    names.map(name => [
      DURATIONS[name],
      ...[twoGrants.warm, workflow.warm, twoGrants.cold, workflow.cold].map(each => milliseconds(each[name])),
    ]),
  );
}

function drawnTable({ workflow, oneLambda, bound }: RotationReport): string[] {
  const names = Object.keys(DURATIONS) as DurationName[];
  return figureTable(
    [
      '',
      'This stack, median',
      'slowest',
      'One Lambda, median',
      'slowest',
      'Lower bound, median',
      'Ratio to bound',
    ],
    names.map(name => {
      const [ours, theirs] = [workflow, oneLambda].map(({ drawn }) => durationsOf(drawn, name));
      const boundMs = median(durationsOf(bound.drawn, name));
      return [
        DURATIONS[name],
        ...[ours, theirs].flatMap((values = []) => [
          milliseconds(median(values)),
          milliseconds(Math.max(...values)),
        ]),
        milliseconds(boundMs),
        times(median(ours ?? []), boundMs),
      ];
    }),
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

/** @throws Error a call is not in rotation-calls.ts */
function callTable({ waits }: RotationTimes): string[] {
  const made = waits.filter(({ kind }) => kind === 'aws').map(({ by, name }) => `${by} ${name}`);
  const unknown = made.find(call => !ROTATION_CALLS.some(each => nameOfCall(each) === call));
  if (unknown !== undefined) throw new Error(`bench/rotation/rotation-calls.ts does not have ${unknown}.`);
  const polls = made.filter(call => call === nameOfCall(POLL)).length - timesOf(POLL);
  return [
    row(['Function', 'Operation', 'Calls', 'Reason']),
    row(['---', '---', '---:', '---']),
    ...[...ROTATION_CALLS, { ...POLL, times: polls }].map(call => {
      const [by = '', operation = ''] = nameOfCall(call).split(' ');
      return row([`\`${by}\``, `\`${operation}\``, `${call.times}`, call.why]);
    }),
  ];
}

function timesOf(call: typeof POLL): number {
  return ROTATION_CALLS.find(each => nameOfCall(each) === nameOfCall(call))?.times ?? 0;
}

function countOf({ waits }: RotationTimes, kind: string): number {
  return waits.filter(wait => wait.kind === kind).length;
}

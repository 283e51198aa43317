import type { PollingSchedule } from '../../functions/rotation/polling.ts';
import { LATENCIES } from '../latencies.ts';
import { row } from '../markdown-table.ts';
import { type FleetFigures, sum } from './figures.ts';
import { DEFAULT_FLEET } from './fleet.ts';
import type { FleetReport } from './fleet-report.ts';
import type { QuotaUse } from './quota-use.ts';
import { waitingDollars } from './waiting-cost.ts';

const WINDOWS_HOURS = [1, 2, 4, 8];
const SECONDS_AN_HOUR = 3_600;

/** The figures of the page about fleets, as Markdown. */
export function fleetSection(report: FleetReport): string {
  return [
    '### Ten thousand credentials',
    '',
    ...tenThousand(report.tenThousand),
    '',
    '### What a rotation takes of each quota',
    '',
    ...report.quotas.flatMap(([region, uses]) => [`In ${region}:`, '', ...quotaTable(uses), '']),
    '### The largest fleet',
    '',
    ...rateTable(report.rates),
    '',
    '### All rotations at the same moment',
    '',
    ...burstTable(report),
    '',
    '### How the rotation function looks at executions',
    '',
    ...pollingTable(report),
    '',
    '### Latencies',
    '',
    row(['What', 'p50', 'p99', 'Source']),
    row(['---', '---:', '---:', '---']),
    ...Object.entries(LATENCIES).map(([name, { p50Ms, p99Ms, source }]) =>
      row([name, `${p50Ms} ms`, `${number(p99Ms)} ms`, source]),
    ),
  ].join('\n');
}

function tenThousand(figures: FleetFigures): string[] {
  const hours = DEFAULT_FLEET.windowMs / 1000 / SECONDS_AN_HOUR;
  const { rotation, execution } = figures;
  return [
    `${number(figures.secrets)} credentials in ${DEFAULT_FLEET.region}, each rotated at a random moment of a window of ${hours} hours:`,
    '',
    `- ${number(figures.rotated)} were rotated, ${number(sum(figures.failedAttempts))} attempts failed, ${number(sum(figures.refused))} requests were refused.`,
    `- A rotation took ${seconds(rotation.p50Ms)} (p50), ${seconds(rotation.p95Ms)} (p95), ${seconds(rotation.p99Ms)} (p99), ${seconds(rotation.maxMs)} at most, from its moment to the end of its last step; its execution ${seconds(execution.p50Ms)} (p50), ${seconds(execution.p95Ms)} (p95), ${seconds(execution.p99Ms)} (p99).`,
    `- At most ${number(figures.peakConcurrency)} functions ran at a time, and ${number(sum(figures.coldStarts))} of ${number(sum(figures.invocations))} invocations started cold.`,
  ];
}

function quotaTable(uses: readonly QuotaUse[]): string[] {
  return [
    row(['Quota', 'A rotation takes', 'Quota a second', 'Rotations a second', 'Adjustable', 'Source']),
    row(['---', '---:', '---:', '---:', '---', '---']),
    ...uses.map(use =>
      row([
        use.quota,
        use.requestsPerRotation.toFixed(2),
        number(use.perSecond),
        number(use.rotationsPerSecond),
        use.isAdjustable ? 'yes' : 'no',
        use.source,
      ]),
    ),
  ];
}

function rateTable(rates: FleetReport['rates']): string[] {
  return [
    row(['Region', 'Rotations a second', ...WINDOWS_HOURS.map(hours => `Window of ${hours} h`)]),
    row(['---', '---:', ...WINDOWS_HOURS.map(() => '---:')]),
    ...rates.map(([region, perSecond]) =>
      row([
        region,
        perSecond.toFixed(1),
        ...WINDOWS_HOURS.map(hours => number(hundreds(perSecond * hours * SECONDS_AN_HOUR))),
      ]),
    ),
  ];
}

function burstTable({ bursts, largestBurst }: FleetReport): string[] {
  return [
    'Every rotation begins with the window of 4 hours, and nothing is warm yet. Failed attempts are repeated by Secrets Manager; times count from the beginning of the window.',
    '',
    row([
      'Credentials',
      'Rotated in the window',
      'Failed attempts',
      'p50',
      'p99',
      'Refused most by',
      'Lost notifications',
    ]),
    row(['---:', '---:', '---:', '---:', '---:', '---', '---:']),
    ...bursts.map(figures =>
      row([
        number(figures.secrets),
        number(figures.rotated),
        number(sum(figures.failedAttempts)),
        seconds(figures.rotation.p50Ms),
        seconds(figures.rotation.p99Ms),
        Object.keys(figures.refused).slice(0, 2).join(', ') || 'nothing',
        number(figures.lostNotifications),
      ]),
    ),
    '',
    `Up to ${largestBurst} rotations may begin at the same moment without a failed attempt. No refresh token was traded twice in any of these runs.`,
  ];
}

function pollingTable({ polling, tenThousand: { waitedSecondsPerRotation } }: FleetReport): string[] {
  const dollars = waitingDollars(waitedSecondsPerRotation);
  return [
    'After the first look each wait is so many times longer than the one before, up to the longest. Warm: at the pace of ten thousand in four hours. Cold: one rotation now and then. Outage: an execution that takes 12 s, because the token endpoint is silent twice. Overloaded: eleven rotations a second, of which the quota feeds ten.',
    '',
    row([
      'First look, growth, longest wait',
      'Looks, warm',
      'Waited, warm',
      'Looks, cold',
      'Waited, cold',
      'Looks in an outage',
      'p99, overloaded',
      'Failed attempts, overloaded',
    ]),
    row(['---', '---:', '---:', '---:', '---:', '---:', '---:', '---:']),
    ...polling.map((figures, index) =>
      row([
        `${schedule(figures.polling)}${index === polling.length - 1 ? ' (deployed)' : ''}`,
        figures.warmLooks.toFixed(2),
        `${figures.warmWaitedSeconds.toFixed(1)} s`,
        figures.coldLooks.toFixed(2),
        `${figures.coldWaitedSeconds.toFixed(1)} s`,
        number(figures.looksInOutage),
        seconds(figures.overloadedP99Ms),
        number(figures.overloadedFailures),
      ]),
    ),
    '',
    `A look is free of charge; the waiting is not: ${waitedSecondsPerRotation.toFixed(1)} s of a function of 512 MB are $${dollars.toFixed(6)} a rotation, $${(dollars * 1e6).toFixed(0)} in a million rotations.`,
    '',
    'Looks decide how large a fleet may be, so the first one comes when 95 of 100 warm executions are done: earlier ones are mostly in vain, later ones spare next to none and make every rotation wait. Backing off further does not spare anything when the quota is used up, because a refused look takes nothing from it: it only puts the rotation that has waited longest behind the one that has just begun. Looks that follow each other too fast cost most in an outage, when every execution is slow.',
  ];
}

function schedule({ firstLookMs, growth, longestWaitMs }: PollingSchedule): string {
  return `${seconds(firstLookMs)}, × ${growth}, ${seconds(longestWaitMs)}`;
}

function seconds(ms: number): string {
  return `${number(ms / 1000)} s`;
}

/** Three significant digits below a hundred are more than the assumptions deserve. */
function number(value: number): string {
  return value.toLocaleString('en', { maximumFractionDigits: value < 100 ? 1 : 0 });
}

function hundreds(value: number): number {
  return Math.floor(value / 100) * 100;
}

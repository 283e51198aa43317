import type { PollingSchedule } from '../../functions/rotation/polling.ts';
import { PRICES } from '../cost/prices.ts';
import { LATENCIES } from '../latencies.ts';
import { row } from '../markdown-table.ts';
import { type FleetFigures, sum } from './figures.ts';
import { DEFAULT_FLEET } from './fleet.ts';
import type { FleetReport } from './fleet-report.ts';
import type { QuotaUse } from './quota-use.ts';
import { waitingDollars } from './waiting-cost.ts';

const WINDOWS_HOURS = [1, 2, 4, 8];
const SECONDS_AN_HOUR = 3_600;

/** The figures of docs/fleet.md, as Markdown. */
export function fleetSection(report: FleetReport): string {
  return [
    '### Ten thousand credentials',
    '',
    ...tenThousand(report.tenThousand),
    '',
    '### Quotas',
    '',
    ...report.quotas.flatMap(([region, uses]) => [`In ${region}:`, '', ...quotaTable(uses), '']),
    '### The largest fleet',
    '',
    ...rateTable(report.quotas),
    '',
    '### All rotations at the same moment',
    '',
    ...burstTable(report),
    '',
    '### Polling',
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
    `- ${number(figures.rotated)} were rotated. ${number(sum(figures.failedAttempts))} attempts failed, and ${number(sum(figures.refused))} requests were refused.`,
    `- A rotation took ${seconds(rotation.p50Ms)} (p50), ${seconds(rotation.p95Ms)} (p95), ${seconds(rotation.p99Ms)} (p99) and ${seconds(rotation.maxMs)} at most, from its moment to the end of its last step. Its execution took ${seconds(execution.p50Ms)} (p50), ${seconds(execution.p95Ms)} (p95) and ${seconds(execution.p99Ms)} (p99).`,
    `- At most ${number(figures.peakConcurrency)} functions ran in parallel. ${number(sum(figures.coldStarts))} of ${number(sum(figures.invocations))} invocations started cold.`,
  ];
}

function quotaTable(uses: readonly QuotaUse[]): string[] {
  return [
    row([
      'Quota',
      'Requests per rotation',
      'Quota per second',
      'Rotations per second',
      'Adjustable',
      'Source',
    ]),
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

function rateTable(quotas: FleetReport['quotas']): string[] {
  return [
    'The tightest quota divided by its requests per rotation, and multiplied by the length of the window:',
    '',
    row([
      'Region',
      'Tightest quota',
      'Rotations per second',
      ...WINDOWS_HOURS.map(hours => `Window of ${hours} h`),
    ]),
    row(['---', '---', '---:', ...WINDOWS_HOURS.map(() => '---:')]),
    ...quotas.flatMap(([region, [tightest]]) =>
      tightest === undefined
        ? []
        : [
            row([
              region,
              tightest.quota,
              number(tightest.rotationsPerSecond),
              ...WINDOWS_HOURS.map(hours =>
                number(hundreds(tightest.rotationsPerSecond * hours * SECONDS_AN_HOUR)),
              ),
            ]),
          ],
    ),
  ];
}

function burstTable({ bursts, largestBurst }: FleetReport): string[] {
  return [
    'All rotations begin when the window of 4 hours opens, and all functions start cold. Secrets Manager retries failed attempts. Times count from the opening of the window.',
    '',
    row([
      'Credentials',
      'Rotated in the window',
      'Failed attempts',
      'p50',
      'p99',
      'Tightest limits',
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
    `Up to ${largestBurst} rotations can begin at the same moment without a failed attempt. No refresh token was exchanged twice in any of these runs.`,
  ];
}

function pollingTable({ polling, tenThousand: { waitedSecondsPerRotation } }: FleetReport): string[] {
  const waiting = waitingDollars(waitedSecondsPerRotation);
  return [
    'The rotation function polls DescribeSecret until AWSCURRENT is on its version. A schedule has a first wait, a second one, a factor by which each later wait is longer than the one before, and a longest wait. With ten thousand rotations in four hours:',
    '',
    row([
      'First wait, second wait, factor, longest wait',
      'Polls',
      'Polls, per million rotations',
      'Rotation (p50)',
    ]),
    row(['---', '---:', '---:', '---:']),
    ...polling.map((figures, index) =>
      row([
        `${schedule(figures.polling)}${index === polling.length - 1 ? ' (deployed)' : ''}`,
        figures.polls.toFixed(2),
        `$${number(figures.polls * PRICES.secretCall.dollars * 1e6)}`,
        seconds(figures.rotationMs),
      ]),
    ),
    '',
    `A poll costs as much as 0.6 s of the rotation function, so the first poll comes shortly before most warm rotations have moved AWSCURRENT, and the next ones follow quickly. Waiting costs $${(waiting * 1e6).toFixed(0)} per million rotations.`,
    '',
    'DescribeExecution is asked after 10 s for the first time, and then every 8 s, or at once when AWSPENDING has left the version: only failures and slow rotations need it.',
  ];
}

function schedule({ firstMs, intervalMs, growth, maxMs }: PollingSchedule): string {
  return `${seconds(firstMs)}, ${seconds(intervalMs)}, × ${growth}, ${seconds(maxMs)}`;
}

function seconds(ms: number): string {
  return `${number(ms / 1000)} s`;
}

/** One decimal below a hundred: the assumptions allow no more. */
function number(value: number): string {
  return value.toLocaleString('en', { maximumFractionDigits: value < 100 ? 1 : 0 });
}

function hundreds(value: number): number {
  return Math.floor(value / 100) * 100;
}

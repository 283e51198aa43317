import { FAILURE_POLLING, LABEL_POLLING } from '../../functions/rotation/polling.ts';
import { PRICES } from '../cost/prices.ts';
import { LATENCIES } from '../latencies.ts';
import { figureTable, row } from '../markdown-table.ts';
import { simulateBurst } from './burst.ts';
import { quotaLimits } from './limits.ts';
import { meanCost, type PollingCost, pollingCost } from './polls.ts';
import { LAMBDA_CONCURRENCY, QUOTAS } from './quotas.ts';

/** One region per class of quotas; the first has the smaller quotas. */
const REGIONS = ['eu-central-1', 'us-east-1'] as const;

const WINDOWS_HOURS = [1, 2, 4, 8];
const SECONDS_PER_HOUR = 3_600;
const BURSTS = [50, 100, 300, 500, 1_000];

/** When AWSCURRENT moves, in s: from a fast rotation with warm functions to one that retries. */
const MOVED_AFTER_SECONDS = [0.8, 1.2, 2, 3, 5, 10, 30];

/** Nine of ten warm rotations, with times drawn from the distributions of the latencies. */
const WARM_MS = { from: 850, to: 1_950 };

const INTERVALS_MS = [50, 100, 150, 250, 500];

/** A burst that all other quotas allow. */
const LARGE_BURST = 500;

/** A slow rotation with cold functions, whose polls the limits of the fleet include. */
const SLOW_ROTATION_MS = 5_000;

/** The rotation function waits while a function of the workflow runs. */
const FUNCTIONS_PER_ROTATION = 2;

/** The figures of docs/fleet.md, as Markdown. */
export function quotaSection(): string {
  const regions = REGIONS.map(region => ({
    region,
    limits: quotaLimits(region, pollingCost(LABEL_POLLING, SLOW_ROTATION_MS).polls),
  }));
  return [
    '### Quotas',
    '',
    ...regions.flatMap(({ region, limits }) => [`In ${region}:`, '', ...quotaTable(limits), '']),
    '### The largest fleet',
    '',
    'The tightest quota divided by its requests per rotation, and multiplied by the length of the window:',
    '',
    ...fleetTable(regions),
    '',
    '### Rotations that start together',
    '',
    ...burstText(),
    '',
    '### Polling',
    '',
    ...pollingText(),
  ].join('\n');
}

function quotaTable(limits: ReturnType<typeof quotaLimits>): string[] {
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
    ...limits.map(({ quota, requestsPerRotation, requestsPerSecond, rotationsPerSecond }) =>
      row([
        quota,
        number(requestsPerRotation),
        number(requestsPerSecond),
        number(rotationsPerSecond),
        QUOTAS[quota].isAdjustable ? 'yes' : 'no',
        QUOTAS[quota].source,
      ]),
    ),
  ];
}

function fleetTable(
  regions: readonly { readonly region: string; readonly limits: ReturnType<typeof quotaLimits> }[],
): string[] {
  return [
    row([
      'Region',
      'Tightest quota',
      'Rotations per second',
      ...WINDOWS_HOURS.map(hours => `Window of ${hours} h`),
    ]),
    row(['---', '---', '---:', ...WINDOWS_HOURS.map(() => '---:')]),
    ...regions.flatMap(({ region, limits: [tightest] }) =>
      tightest === undefined
        ? []
        : [
            row([
              region,
              tightest.quota,
              number(tightest.rotationsPerSecond),
              ...WINDOWS_HOURS.map(hours => number(tightest.rotationsPerSecond * hours * SECONDS_PER_HOUR)),
            ]),
          ],
    ),
  ];
}

function burstText(): string[] {
  const bursts = BURSTS.map(rotations => simulateBurst(rotations, REGIONS[0]));
  const firstFailing = bursts.findIndex(({ failed }) => failed > 0);
  const largest = bursts.at(firstFailing === -1 ? -1 : firstFailing - 1)?.rotations ?? 0;
  const byConcurrency = LAMBDA_CONCURRENCY / FUNCTIONS_PER_ROTATION;
  return [
    `All rotations start at the same moment in ${REGIONS[0]}, and all functions start cold. Secrets Manager allows 50 writes per second, so most writes are throttled and retried. The table simulates the writes:`,
    '',
    ...figureTable(
      ['Rotations', 'Failed attempts', 'AWSCURRENT moved after (p50)', 'maximum'],
      bursts.map(({ rotations, failed, p50Ms, maxMs }) => [
        number(rotations),
        number(failed),
        seconds(p50Ms),
        seconds(maxMs),
      ]),
    ),
    '',
    `A rotation uses two functions at a time, so the default concurrency of ${number(LAMBDA_CONCURRENCY)} is enough for ${number(byConcurrency)} rotations. The other quotas allow larger bursts. Up to ${number(Math.min(largest, byConcurrency))} rotations can start together without a failed attempt.`,
  ];
}

function pollingText(): string[] {
  const { firstMs, intervalMs, growth, maxMs } = LABEL_POLLING;
  return [
    `The rotation function polls DescribeSecret until AWSCURRENT is on its version: first after ${seconds(firstMs)}, then after ${seconds(intervalMs)}. Each later wait is ${growth} times as long as the previous one, up to ${seconds(maxMs)}. Each wait varies by 10 % at random.`,
    '',
    ...pollTable('AWSCURRENT moves after', MOVED_AFTER_SECONDS, movedAfter => ({
      what: seconds(movedAfter * 1_000),
      cost: pollingCost(LABEL_POLLING, movedAfter * 1_000),
    })),
    '',
    `In a warm rotation, AWSCURRENT moves ${seconds(WARM_MS.from)} to ${seconds(WARM_MS.to)} after the first wait begins ([performance.md](performance.md#a-rotation)). On average over these times, with other intervals:`,
    '',
    ...pollTable('Interval', INTERVALS_MS, candidateMs => ({
      what: `${seconds(candidateMs)}${candidateMs === intervalMs ? ' (deployed)' : ''}`,
      cost: meanCost({ ...LABEL_POLLING, intervalMs: candidateMs }, WARM_MS.from, WARM_MS.to),
    })),
    '',
    `Only Secrets Manager waits for the poll that detects the move of AWSCURRENT. Consumers share the quota of ${number(QUOTAS['reading secrets'].bucket().refillPerSecond)} reads per second: ${number(LARGE_BURST)} rotations that start together use up to ${number((LARGE_BURST * 1_000) / (intervalMs + LATENCIES.secretRead.p50Ms))} of them at first, so more than half remains for consumers.`,
    '',
    `DescribeExecution is first called after ${seconds(FAILURE_POLLING.firstMs)}, then every ${seconds(FAILURE_POLLING.intervalMs)}, or immediately when AWSPENDING has left the version. Only failed and slow rotations need it.`,
  ];
}

function pollTable<Case>(
  caseName: string,
  cases: readonly Case[],
  costOf: (each: Case) => { readonly what: string; readonly cost: PollingCost },
): string[] {
  return figureTable(
    [caseName, 'Polls', 'Detected after', 'Cost of polls per million rotations'],
    cases.map(each => {
      const { what, cost } = costOf(each);
      return [
        what,
        number(cost.polls),
        seconds(cost.detectedAfterMs),
        `$${number(cost.polls * PRICES.secretCall.dollars * 1e6)}`,
      ];
    }),
  );
}

function seconds(ms: number): string {
  return `${(ms / 1_000).toLocaleString('en', { maximumFractionDigits: 2 })} s`;
}

/** One decimal below 100: the assumptions are no more precise than that. */
function number(value: number): string {
  return value.toLocaleString('en', { maximumFractionDigits: value < 100 ? 1 : 0 });
}

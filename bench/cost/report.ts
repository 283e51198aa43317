import { row } from '../markdown-table.ts';
import {
  ASSUMED,
  type BillLine,
  credentialMonth,
  deploymentBill,
  publicationBill,
  rotationBill,
  total,
} from './bill.ts';
import { PRICE_REGION, PRICES, PRICES_AS_OF } from './prices.ts';
import type { Usage } from './usage.ts';

const FLEETS = [1, 10, 100, 1000, 10_000];
const INTERVALS = [
  { schedule: 'rate(4 hours)', hours: 4 },
  { schedule: 'rate(8 hours)', hours: 8 },
  { schedule: 'rate(1 day)', hours: 24 },
];

/** Writes docs/cost.md. */
export function report(usage: Usage): string {
  const rotation = rotationBill(usage);
  const deployment = deploymentBill(usage, 100);
  return [
    '# Cost',
    '',
    'For operators: what a credential and a deployment cost per month. `npm run cost` rotates a credential in the sandbox, counts what AWS bills, multiplies it by the prices below, and writes this page. `npm run cost -- --check` fails if the page is out of date.',
    '',
    `Prices are those of ${PRICE_REGION}, in US dollars, as of ${PRICES_AS_OF}, without free tiers or discounts.`,
    '',
    '- Counted: calls to Secrets Manager and KMS, DynamoDB request units, state transitions, invocations, and the log lines of the functions.',
    '- [Assumed](#assumptions), on the high side: the billed duration, the log lines of Lambda and Step Functions, and the traces.',
    '- Not included: reads by consumers, emails, log storage, and VPC endpoints or NAT gateways.',
    '',
    '## Monthly cost of a credential',
    '',
    'The secret, its rotations, and its share of the deployment:',
    '',
    row(['Credentials', ...INTERVALS.map(({ schedule }) => `\`${schedule}\``)]),
    row(['---:', ...INTERVALS.map(() => '---:')]),
    ...FLEETS.map(secrets =>
      row([
        secrets.toLocaleString('en'),
        ...INTERVALS.map(({ hours }) => money(credentialMonth(usage, hours, secrets))),
      ]),
    ),
    '',
    '## Cost of a rotation',
    '',
    ...table(rotation, 6),
    '',
    'A journal write is billed by the size of its item in KB, and twice as much in a transaction. A token item is ' +
      `${usage.journal.tokenBytes} bytes, and a lineage item, with the sealed pair, is ${usage.journal.lineageBytes.toLocaleString('en')} bytes.`,
    '',
    'A redrive of a failed rotation costs as much as the states that it repeats.',
    '',
    '## Published access tokens',
    '',
    `With \`publishAccessTokens\` every credential has a second secret: ${money(PRICES.secretMonth.dollars)} more per credential per month. Each rotation costs ${money(total(publicationBill(usage)), 6)} more: a state transition, an invocation, and four calls to Secrets Manager.`,
    '',
    '## Monthly cost of the deployment',
    '',
    'Without rotations, with 100 secrets in the account, which the hourly overdue check lists:',
    '',
    ...table(deployment, 2),
    '',
    '## Assumptions',
    '',
    ...Object.entries(ASSUMED.seconds).map(
      ([name, seconds]) => `- \`${name}\`: ${seconds} s billed per invocation.`,
    ),
    `- ${ASSUMED.lambdaLogBytesPerInvocation} bytes of Lambda's own log lines per invocation, and ${ASSUMED.stateMachineLogBytesPerRotation} bytes of state machine logs per rotation.`,
    `- ${ASSUMED.tracesPerRotation} traces per rotation; sampling records fewer.`,
    `- ${ASSUMED.customMetrics} custom metrics.`,
    `- The journal is a year old, with a rotation every ${ASSUMED.hoursBetweenRotations} hours. DynamoDB adds ${ASSUMED.bytesPerItem} bytes to each item.`,
    '',
  ].join('\n');
}

function table(lines: readonly BillLine[], digits: number): string[] {
  return [
    row(['Item', 'Units', 'Unit price', 'Cost', 'Source']),
    row(['---', '---:', '---:', '---:', '---']),
    ...lines.map(({ price, units, dollars }) => {
      const { unit, source, dollars: each } = PRICES[price];
      return row([unit, amount(units), `$${plain(each)}`, money(dollars, digits), source]);
    }),
    row(['**Total**', '', '', `**${money(total(lines), digits)}**`, '']),
  ];
}

function money(dollars: number, digits = 2): string {
  return `$${dollars.toFixed(digits)}`;
}

/** Two significant digits for fractions: the assumptions are no more precise than that. */
function amount(units: number): string {
  return Number.isInteger(units) ? units.toLocaleString('en') : plain(Number(units.toPrecision(2)));
}

function plain(value: number): string {
  return value.toLocaleString('en', { maximumFractionDigits: 10, useGrouping: false });
}

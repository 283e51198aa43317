import { row } from '../markdown-table.ts';
import { ASSUMED, type BillLine, credentialMonth, deploymentBill, rotationBill, total } from './bill.ts';
import { PRICE_REGION, PRICES, PRICES_AS_OF } from './prices.ts';
import type { Usage } from './usage.ts';

const FLEETS = [1, 10, 100, 1000, 10_000];
const INTERVALS = [
  { schedule: 'rate(4 hours)', hours: 4 },
  { schedule: 'rate(8 hours)', hours: 8 },
  { schedule: 'rate(1 day)', hours: 24 },
];

/** What a rotation and a credential cost, as Markdown. */
export function report(usage: Usage): string {
  const rotation = rotationBill(usage);
  const deployment = deploymentBill(usage, 100);
  return [
    '# Cost',
    '',
    'Written by `npm run cost`, which rotates a credential in the sandbox, counts what AWS bills, and multiplies by the prices below; `npm run cost -- --check` tells whether this page is what it would write.',
    '',
    `Prices of ${PRICE_REGION}, in US dollars, as of ${PRICES_AS_OF}, without free tiers and discounts. Counted are the calls of Secrets Manager, KMS and DynamoDB, the state transitions, the invocations and what the functions log; assumed, and taken high, are the time that Lambda bills, what Lambda and Step Functions log themselves, and the traces. What consumers do with the secret is not in here, nor are e-mails, the bytes that stay in logs, and a VPC's endpoints or NAT.`,
    '',
    '## A credential in a month',
    '',
    'The secret, its rotations, and its share of what the deployment costs at all times:',
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
    '## A rotation',
    '',
    ...table(rotation, 6),
    '',
    `A rotation that fails costs the same again for each redrive, less the states that are not run again.`,
    '',
    '## The deployment in a month',
    '',
    'With 100 secrets in the account, which the hourly watch lists; without a rotation:',
    '',
    ...table(deployment, 2),
    '',
    '## Assumed',
    '',
    ...Object.entries(ASSUMED.seconds).map(
      ([name, seconds]) => `- \`${name}\`: ${seconds} s billed of an invocation.`,
    ),
    `- ${ASSUMED.lambdaLogBytesPerInvocation} bytes of Lambda's own log lines an invocation, ${ASSUMED.stateMachineLogBytesPerRotation} bytes of log of the state machine a rotation.`,
    `- ${ASSUMED.tracesPerRotation} traces a rotation; sampling records fewer.`,
    `- ${ASSUMED.customMetrics} custom metrics.`,
    '',
  ].join('\n');
}

function table(lines: readonly BillLine[], digits: number): string[] {
  return [
    row(['What', 'Units', 'Price of a unit', 'Dollars', 'Source of the price']),
    row(['---', '---:', '---:', '---:', '---']),
    ...lines.map(({ price, units, dollars }) => {
      const { unit, source, dollars: each } = PRICES[price];
      return row([unit, amount(units), `$${plain(each)}`, money(dollars, digits), source]);
    }),
    row(['**Sum**', '', '', `**${money(total(lines), digits)}**`, '']),
  ];
}

function money(dollars: number, digits = 2): string {
  return `$${dollars.toFixed(digits)}`;
}

/** Two significant digits below one, which is all that an assumption deserves. */
function amount(units: number): string {
  return Number.isInteger(units) ? units.toLocaleString('en') : plain(Number(units.toPrecision(2)));
}

function plain(value: number): string {
  return value.toLocaleString('en', { maximumFractionDigits: 10, useGrouping: false });
}

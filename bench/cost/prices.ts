/** When the prices were last compared with AWS's pages. */
export const PRICES_AS_OF = '2026-11-24';

/** The region of the prices. */
export const PRICE_REGION = 'US East (N. Virginia), us-east-1';

/** A price in US dollars per unit, without free tiers or volume discounts. */
interface Price {
  readonly dollars: number;
  /** The unit that is billed. */
  readonly unit: string;
  /** The title of the AWS page with this price. */
  readonly source: string;
}

/** The prices of everything that a deployment uses. */
export const PRICES = {
  secretMonth: { dollars: 0.4, unit: 'secret per month', source: 'AWS Secrets Manager Pricing' },
  secretCall: { dollars: 0.05 / 10_000, unit: 'API call', source: 'AWS Secrets Manager Pricing' },
  transition: { dollars: 0.025 / 1000, unit: 'state transition', source: 'AWS Step Functions Pricing' },
  lambdaRequest: { dollars: 0.2 / 1e6, unit: 'invocation', source: 'AWS Lambda Pricing' },
  lambdaGbSecond: { dollars: 0.0000133334, unit: 'GB-second on ARM', source: 'AWS Lambda Pricing' },
  keyMonth: {
    dollars: 1,
    unit: 'customer managed key per month',
    source: 'AWS Key Management Service Pricing',
  },
  keyCall: { dollars: 0.03 / 10_000, unit: 'request', source: 'AWS Key Management Service Pricing' },
  logGigabyte: { dollars: 0.5, unit: 'GB of logs ingested', source: 'Amazon CloudWatch Pricing' },
  vendedLogGigabyte: {
    dollars: 0.5,
    unit: 'GB of vended logs ingested',
    source: 'Amazon CloudWatch Pricing',
  },
  metricMonth: { dollars: 0.3, unit: 'custom metric per month', source: 'Amazon CloudWatch Pricing' },
  alarmMetricMonth: {
    dollars: 0.1,
    unit: 'alarm metric per month',
    source: 'Amazon CloudWatch Pricing',
  },
  dashboardMonth: { dollars: 3, unit: 'dashboard per month', source: 'Amazon CloudWatch Pricing' },
  trace: { dollars: 5 / 1e6, unit: 'trace recorded', source: 'AWS X-Ray Pricing' },
  tableRead: {
    dollars: 0.125 / 1e6,
    unit: 'read request unit',
    source: 'Amazon DynamoDB Pricing for On-Demand Capacity',
  },
  tableWrite: {
    dollars: 0.625 / 1e6,
    unit: 'write request unit',
    source: 'Amazon DynamoDB Pricing for On-Demand Capacity',
  },
  tableGigabyteMonth: {
    dollars: 0.25,
    unit: 'GB of table storage per month',
    source: 'Amazon DynamoDB Pricing for On-Demand Capacity',
  },
} as const satisfies Record<string, Price>;

/** The name of a price. */
export type PriceName = keyof typeof PRICES;

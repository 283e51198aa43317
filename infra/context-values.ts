import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import * as v from 'valibot';

/** A text that says something. */
export const text = v.pipe(v.string('is not a text'), v.trim(), v.nonEmpty('is empty'));

/** Texts: with commas between them on the command line, as an array in a JSON file. */
export const list = v.pipe(
  v.union([v.string(), v.array(v.string())], 'is not a list; write its items with commas between them'),
  v.transform(value => (typeof value === 'string' ? value.split(',') : value).map(item => item.trim())),
  v.check(items => !items.includes(''), 'has an empty item'),
);

/** A whole number that is not negative. */
export const wholeNumber = v.pipe(
  v.union([v.string(), v.number()], 'is not a whole number'),
  v.transform(String),
  v.regex(/^\d{1,9}$/, 'is not a whole number'),
  v.transform(Number),
);

/** `true` or `false`: as a text on the command line, as a boolean in a JSON file. */
export const yesOrNo = v.pipe(
  v.union([v.boolean(), v.picklist(['true', 'false'])], 'is neither true nor false'),
  v.transform(value => value === true || value === 'true'),
);

/** CloudWatch Logs offers certain numbers of days only. `INFINITE` is none: it is CDK's word for no retention. */
export const retention = v.pipe(
  wholeNumber,
  v.check(
    days => days in RetentionDays && days !== RetentionDays.INFINITE,
    'is not a number of days that CloudWatch Logs offers; write for example 7, 30, 90 or 365',
  ),
  v.transform((days): RetentionDays => days),
);

/** Keys and values: `key=value,key=value` on the command line, an object in a JSON file. */
export const pairs = v.union(
  [
    v.pipe(
      v.string(),
      v.transform(value => value.split(',').map(pair => pair.trim())),
      v.check(items => items.every(pair => /^[^=]+=/.test(pair))),
      v.check(items => new Set(items.map(keyOf)).size === items.length),
      v.transform(items =>
        Object.fromEntries(items.map(pair => [keyOf(pair), pair.slice(keyOf(pair).length + 1)])),
      ),
    ),
    v.record(v.string(), v.string()),
  ],
  'is not a list of key=value with commas between them, each key once',
);

function keyOf(pair: string): string {
  return pair.slice(0, pair.indexOf('='));
}

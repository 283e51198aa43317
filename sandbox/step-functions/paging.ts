import * as v from 'valibot';
import { AwsError } from '../aws/aws-error.ts';
import { DAY_MS } from '../durations.ts';

/** A page of a list. */
interface Page<Item> {
  readonly items: readonly Item[];
  readonly nextToken?: string;
}

const DEFAULT_PAGE_SIZE = 100;
const MAX_PAGE_SIZE = 1000;
const TOKEN_LIFETIME_MS = DAY_MS;

/** `maxResults` and `nextToken` of a request; 0 means the default of 100. */
export const pageRequest = {
  maxResults: v.optional(v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(MAX_PAGE_SIZE))),
  nextToken: v.optional(v.pipe(v.string(), v.minLength(1))),
};

const tokenContent = v.object({ offset: v.number(), length: v.number(), issuedAtMs: v.number() });

/**
 * Returns a page of an append-only list (AWS Step Functions API Reference, GetExecutionHistory). Later pages use the
 * length of the list at the first page.
 *
 * @param list         oldest item first
 * @param newestFirst  whether the newest item comes first
 * @throws AwsError InvalidToken for a token that is malformed or older than 24 hours
 */
export function page<Item>(
  list: readonly Item[],
  request: { readonly maxResults?: number | undefined; readonly nextToken?: string | undefined },
  newestFirst: boolean,
  nowMs: number,
): Page<Item> {
  const { offset, length } =
    request.nextToken === undefined
      ? { offset: 0, length: list.length }
      : readToken(request.nextToken, nowMs);
  const known = list.slice(0, length);
  const ordered = newestFirst ? known.toReversed() : known;
  const end = offset + (request.maxResults || DEFAULT_PAGE_SIZE);
  return {
    items: ordered.slice(offset, end),
    nextToken: end < ordered.length ? writeToken({ offset: end, length, issuedAtMs: nowMs }) : undefined,
  };
}

function writeToken(content: v.InferOutput<typeof tokenContent>): string {
  return Buffer.from(JSON.stringify(content)).toString('base64url');
}

function readToken(token: string, nowMs: number): v.InferOutput<typeof tokenContent> {
  const content = v.safeParse(
    v.pipe(v.string(), v.parseJson(), tokenContent),
    Buffer.from(token, 'base64url').toString(),
  );
  if (content.success && nowMs - content.output.issuedAtMs < TOKEN_LIFETIME_MS) return content.output;
  throw new AwsError('InvalidToken', "Invalid Token: 'The nextToken is invalid or has expired'");
}

import * as v from 'valibot';
import { AwsError } from '../aws/aws-error.ts';

const LARGEST_MESSAGE_BYTES = 262_144;
/** Printable ASCII of at most 100 characters that does not begin with a space. */
const SUBJECT = /^[!-~][ -~]{0,99}$/;
const ARN_ELEMENTS = 6;

const notEmulated = v.optional(v.never());

/** The input of Publish, as far as it is emulated: to a topic, one text for all protocols. */
export const publishInput = v.object({
  TopicArn: v.string(),
  Message: v.string(),
  Subject: v.optional(v.string()),
  TargetArn: notEmulated,
  PhoneNumber: notEmulated,
  MessageStructure: notEmulated,
  MessageAttributes: notEmulated,
  MessageDeduplicationId: notEmulated,
  MessageGroupId: notEmulated,
});

/**
 * Checks a message as SNS does.
 *
 * Source: Amazon SNS API Reference, Publish; the texts as SNS answers them.
 *
 * @throws AwsError InvalidParameter
 */
export function checkPublish({ TopicArn, Message, Subject }: v.InferOutput<typeof publishInput>): void {
  const elements = TopicArn.split(':').length;
  if (elements < ARN_ELEMENTS) {
    throw invalid(`TopicArn Reason: An ARN must have at least ${ARN_ELEMENTS} elements, not ${elements}`);
  }
  if (Subject !== undefined && !SUBJECT.test(Subject)) throw invalid('Subject');
  if (Message === '') throw invalid('Empty message');
  if (Buffer.byteLength(Message) > LARGEST_MESSAGE_BYTES) throw invalid('Message too long');
}

function invalid(what: string): AwsError {
  return new AwsError('InvalidParameter', `Invalid parameter: ${what}`);
}

import { type BaseIssue, type GenericSchema, safeParse } from 'valibot';
import { AwsError } from './aws-error.ts';
import { VALUE_NOT_EMULATED } from './enumeration.ts';

/**
 * Validates an operation's input and returns the schema's output. Error messages name members and limits, never values.
 * Declare members that the sandbox does not emulate as `optional(never())`, and enumeration values with
 * `enumeration`; both are rejected as not emulated.
 *
 * @throws AwsError ValidationException
 * @see AWS Key Management Service API Reference, Common Errors, for the name; the message follows AWS services
 */
export function validated(schema: GenericSchema, input: unknown): unknown {
  const result = safeParse(schema, input);
  if (result.success) return result.output;
  const failures = result.issues.map(
    issue => `Value at '${memberOf(issue)}' failed to satisfy constraint: ${constraintOf(issue)}`,
  );
  const count = failures.length === 1 ? '1 validation error' : `${failures.length} validation errors`;
  throw new AwsError('ValidationException', `${count} detected: ${failures.join('; ')}`);
}

/** AWS writes members with a lower-case first letter and counts list items from 1. */
function memberOf(issue: BaseIssue<unknown>): string {
  const parts = (issue.path ?? []).map(({ key }) => {
    if (typeof key === 'number') return `${key + 1}.member`;
    const name = String(key);
    return name.charAt(0).toLowerCase() + name.slice(1);
  });
  return parts.length === 0 ? 'input' : parts.join('.');
}

function constraintOf(issue: BaseIssue<unknown>): string {
  if (issue.message === VALUE_NOT_EMULATED) return VALUE_NOT_EMULATED;
  if (issue.type === 'never') return 'Member is not emulated by the sandbox';
  if (issue.input === undefined) return 'Member must not be null';
  const requirement = String(issue.requirement);
  switch (issue.type) {
    case 'min_length':
      return `Member must have length greater than or equal to ${requirement}`;
    case 'max_length':
      return `Member must have length less than or equal to ${requirement}`;
    case 'min_value':
      return `Member must have value greater than or equal to ${requirement}`;
    case 'max_value':
      return `Member must have value less than or equal to ${requirement}`;
    case 'regex':
      return `Member must satisfy regular expression pattern: ${requirement}`;
    case 'picklist':
    case 'literal':
      return `Member must satisfy enum value set: [${enumValues(issue.expected)}]`;
    default:
      return issue.expected === null ? 'Member is not valid' : `Member must be ${issue.expected}`;
  }
}

/** `("AES_128" | "AES_256")` as `AES_128, AES_256`. */
function enumValues(expected: string | null): string {
  return (expected ?? '').replaceAll(/[()"]/g, '').replaceAll(' | ', ', ');
}

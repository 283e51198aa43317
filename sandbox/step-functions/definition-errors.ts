import { AwsError } from '../aws/aws-error.ts';

/** A definition uses a feature of the States Language that is not emulated; the message names it. */
export class NotEmulated extends Error {
  override readonly name = 'NotEmulated';

  constructor(what: string) {
    super(`${what} is not emulated.`);
  }
}

/** The error `InvalidDefinition` (AWS Step Functions API Reference, CreateStateMachine). */
export function invalidDefinition(problem: string): AwsError {
  return new AwsError(
    'InvalidDefinition',
    `Invalid State Machine Definition: 'SCHEMA_VALIDATION_FAILED: ${problem}'`,
  );
}

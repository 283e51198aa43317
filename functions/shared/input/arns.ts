const SECRET_ARN = /^arn:[a-z-]+:secretsmanager:[a-z0-9-]+:\d{12}:secret:[\w/+=.@!-]{1,512}-[A-Za-z0-9]{6}$/;

const EXECUTION_ARN = /^arn:[a-z-]+:states:[a-z0-9-]+:\d{12}:execution:[\w-]{1,80}:[\w-]{1,80}$/;

/** Whether a text is the complete ARN of a secret. */
export function isSecretArn(text: string): boolean {
  return SECRET_ARN.test(text);
}

/** Whether a text is the ARN of an execution with a name in this project's format. */
export function isExecutionArn(text: string): boolean {
  return EXECUTION_ARN.test(text);
}

/**
 * The name of a secret from its ARN, which ends in a hyphen and six random characters. Returns anything other than a
 * complete ARN unchanged.
 *
 * @see AWS Secrets Manager User Guide, "What's in a Secrets Manager secret?"
 */
export function secretNameOf(secretArn: string): string {
  return /:secret:(.+)-[A-Za-z0-9]{6}$/.exec(secretArn)?.[1] ?? secretArn;
}

/** Whether two ARNs name the same function, ignoring version and alias. */
export function isSameFunction(oneArn: string | undefined, otherArn: string): boolean {
  return oneArn !== undefined && withoutQualifier(oneArn) === withoutQualifier(otherArn);
}

/** The parts are arn, partition, service, region, account, `function` and name, optionally a version or an alias. */
function withoutQualifier(functionArn: string): string {
  return functionArn.split(':').slice(0, 7).join(':');
}

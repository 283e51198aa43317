import { Token } from 'aws-cdk-lib';
import type { SecretOptions, TokenRotationProps } from './options.ts';

/*
 * The checks of the options, except for the schedule (`rotation-schedule.ts`). They find options that CloudFormation
 * would deploy although rotations could not work or would have too many permissions. They also find names that
 * CloudFormation refuses only after creating secrets, which are retained after the rollback and block the next
 * deployment. CDK and CloudFormation check the rest. A value that is known only at deployment passes.
 */

/** An option cannot be used. The message gives the reason and the fix. */
export class InvalidSetting extends Error {
  override readonly name = 'InvalidSetting';
  /** The option's name, as the operator wrote it. */
  readonly setting: string;

  constructor(setting: string, problem: string) {
    super(`${setting}: ${problem}`);
    this.setting = setting;
  }
}

/**
 * The allowed prefixes of a deployment's names. Lambda allows 64 characters, including the hyphen and the longest
 * function name; EventBridge allows as many for a rule.
 */
export const NAME_PREFIX = {
  pattern: /^[A-Za-z][A-Za-z0-9-]{0,49}$/,
  longest: 50,
  rule: 'is not a name of 1 to 50 letters, digits and hyphens that begins with a letter',
};

/** The ARN patterns of secrets that functions can be allowed to rotate. */
export const ARN_PATTERN = /^arn:[a-z*-]+:secretsmanager:[a-z0-9*-]*:[\d*]*:secret:[\w/+=.@!*?-]+$/;
const SECRET_NAME = /^[\w/+=.@!-]{1,512}$/;
/** A name that is still valid with `/access-token` appended. */
export const PUBLISHABLE_NAME = /^[\w/+=.@!-]{1,499}$/;

/** AWS Secrets Manager User Guide, "Troubleshoot AWS Secrets Manager rotation". */
const MIN_CONCURRENCY = 10;

/** @throws InvalidSetting names the invalid option and the reason */
export function checkOptions(props: TokenRotationProps): void {
  checkSecrets(props);
  const { reservedConcurrency, genesysGateway, publishAccessTokens = false, secretNames = [] } = props;
  if (publishAccessTokens) checkPublishable('secretNames', secretNames);
  if (reservedConcurrency !== undefined && reservedConcurrency < MIN_CONCURRENCY)
    throw new InvalidSetting(
      'reservedConcurrency',
      `${reservedConcurrency} is less than ${MIN_CONCURRENCY}, the minimum for a rotation by Secrets Manager.`,
    );
  if (genesysGateway === undefined) return;
  checkHttps('genesysLoginUrl', genesysGateway.loginUrl);
  checkHttps('genesysApiUrl', genesysGateway.apiUrl);
}

/** @throws InvalidSetting `namePrefix`; it must be known at synthesis, because its length is limited */
export function checkedPrefix(prefix: string): string {
  if (!Token.isUnresolved(prefix) && NAME_PREFIX.pattern.test(prefix)) return prefix;
  throw new InvalidSetting('namePrefix', `"${prefix}" ${NAME_PREFIX.rule}.`);
}

function checkSecrets(options: SecretOptions): void {
  const { secrets = [], secretArnPatterns = [], secretNames = [], allSecrets = false } = options;
  if (!allSecrets && [secrets, secretArnPatterns, secretNames].every(list => list.length === 0)) {
    throw new InvalidSetting(
      'secretNames',
      'no secret is named. Name secrets to create, for example secretNames=crm/genesys, or existing ones with secretArns or secretArnPatterns. With allSecrets=true, the functions may rotate every secret that names their rotation function.',
    );
  }
  if (secrets.some(({ secretFullArn }) => secretFullArn === undefined)) {
    throw new InvalidSetting(
      'secrets',
      'a secret has no complete ARN, which ends in - and six characters; import it with Secret.fromSecretCompleteArn.',
    );
  }
  checkForms(
    'secretArnPatterns',
    secretArnPatterns,
    ARN_PATTERN,
    'is not an ARN pattern such as arn:aws:secretsmanager:*:*:secret:genesys/*',
  );
  checkForms('secretNames', secretNames, SECRET_NAME, 'is not a name: 1 to 512 letters, digits and -/_+=.@!');
}

/** @throws InvalidSetting an access token cannot be published for a secret of this name */
export function checkPublishable(setting: string, secretNames: readonly string[]): void {
  checkForms(
    setting,
    secretNames,
    PUBLISHABLE_NAME,
    'is not a valid name with /access-token appended; use 1 to 499 letters, digits and -/_+=.@!',
  );
}

function checkForms(setting: string, values: readonly string[], form: RegExp, problem: string): void {
  const wrong = values.find(value => !Token.isUnresolved(value) && !form.test(value));
  if (wrong !== undefined) throw new InvalidSetting(setting, `"${wrong}" ${problem}.`);
}

function checkHttps(setting: string, url: string): void {
  if (Token.isUnresolved(url) || (URL.canParse(url) && new URL(url).protocol === 'https:')) return;
  throw new InvalidSetting(setting, `"${url}" is not an https URL.`);
}

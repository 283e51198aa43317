import { InvalidSetting } from './invalid-setting.ts';
import { checkForm, checkList, KEY_ARN, NO_KEY_ARN } from './setting-checks.ts';

/**
 * Which secrets the functions may rotate. A deployment must name some: whoever may call RotateSecret on a secret can
 * make the functions read it, and send what it holds to Genesys Cloud.
 */
export interface SecretSelection {
  /**
   * Complete ARNs of secrets that exist: they get the rotation schedule and stay otherwise as they are. Default: none.
   */
  readonly secretArns?: readonly string[];
  /** ARN patterns with `*` and `?`: such secrets may be rotated, whoever turns their rotation on. Default: none. */
  readonly secretArnPatterns?: readonly string[];
  /** Names of secrets to make: they get the rotation schedule and an empty credential to fill in. Default: none. */
  readonly secretNames?: readonly string[];
  /**
   * Whether the functions may rotate every secret of the account and region that names their rotation function. Each
   * must then hold the key `region` with a Genesys Cloud host. Default: false.
   */
  readonly allSecrets?: boolean;
  /**
   * ARN of the KMS key that encrypts the secrets of `secretNames`. Default: the AWS managed key `aws/secretsmanager`.
   */
  readonly secretKeyArn?: string;
  /**
   * ARNs of the KMS keys of the other secrets, where those are not encrypted with `aws/secretsmanager`. Default: none.
   */
  readonly secretKeyArns?: readonly string[];
}

const COMPLETE_ARN = /^arn:[a-z-]+:secretsmanager:[a-z0-9-]+:\d{12}:secret:[\w/+=.@!-]+-[A-Za-z0-9]{6}$/;
const ARN_PATTERN = /^arn:[a-z*-]+:secretsmanager:[a-z0-9*-]*:[\d*]*:secret:[\w/+=.@!*?-]+$/;
const SECRET_NAME = /^[\w/+=.@!-]{1,512}$/;

/** @throws InvalidSetting names the option that cannot be used, and why */
export function checkSelection(selection: SecretSelection): void {
  const {
    secretArns = [],
    secretArnPatterns = [],
    secretNames = [],
    secretKeyArn,
    secretKeyArns = [],
    allSecrets = false,
  } = selection;
  if (!allSecrets && [secretArns, secretArnPatterns, secretNames].every(list => list.length === 0)) {
    throw new InvalidSetting(
      'secretNames',
      'no secret is named, and the functions may rotate no other. Name secrets to create, for example secretNames=crm/genesys, or that exist with secretArns or secretArnPatterns; with allSecrets=true they may rotate every secret that names their rotation function.',
    );
  }
  checkList(
    'secretArns',
    secretArns,
    COMPLETE_ARN,
    'is not the complete ARN of a secret, which ends in - and six characters',
  );
  checkList(
    'secretArnPatterns',
    secretArnPatterns,
    ARN_PATTERN,
    'is not an ARN pattern such as arn:aws:secretsmanager:*:*:secret:genesys/*',
  );
  checkList('secretNames', secretNames, SECRET_NAME, 'is not a name: 1 to 512 letters, digits and -/_+=.@!');
  checkForm('secretKeyArn', secretKeyArn, KEY_ARN, NO_KEY_ARN);
  checkList('secretKeyArns', secretKeyArns, KEY_ARN, NO_KEY_ARN);
  if (secretKeyArn !== undefined && secretNames.length === 0)
    throw new InvalidSetting(
      'secretKeyArn',
      'encrypts the secrets of secretNames, which names none; keys of other secrets go into secretKeyArns.',
    );
}

/** The keys of all selected secrets that have one of their own. */
export function keyArns({ secretKeyArn, secretKeyArns = [] }: SecretSelection): string[] {
  return [...new Set([...(secretKeyArn === undefined ? [] : [secretKeyArn]), ...secretKeyArns])];
}

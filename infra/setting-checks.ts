import { Token } from 'aws-cdk-lib';
import { InvalidSetting } from './invalid-setting.ts';

/** The ARN of a KMS key, not of an alias: policies do not follow aliases. */
export const KEY_ARN = /^arn:[a-z-]+:kms:[a-z0-9-]+:\d{12}:key\/[\w-]+$/;

/** What is said of a value that is not such an ARN. */
export const NO_KEY_ARN = 'is not the ARN of a KMS key (not of an alias)';

/**
 * Checks the form of a value. One that is known at deployment only passes: CloudFormation will judge it.
 *
 * @throws InvalidSetting names the setting, and says the problem
 */
export function checkForm(setting: string, value: string | undefined, form: RegExp, problem: string): void {
  if (value === undefined || Token.isUnresolved(value) || form.test(value)) return;
  throw new InvalidSetting(setting, `"${value}" ${problem}.`);
}

/**
 * Checks the form of each value of a list, and that none is there twice.
 *
 * @throws InvalidSetting names the setting, and says the problem
 */
export function checkList(setting: string, values: readonly string[], form: RegExp, problem: string): void {
  values.forEach((value, index) => {
    checkForm(setting, value, form, problem);
    if (values.indexOf(value) !== index) throw new InvalidSetting(setting, `"${value}" is given twice.`);
  });
}

/** @throws InvalidSetting the value is not an https URL */
export function checkHttps(setting: string, url: string | undefined): void {
  if (url === undefined || Token.isUnresolved(url)) return;
  if (URL.canParse(url) && new URL(url).protocol === 'https:') return;
  throw new InvalidSetting(setting, `"${url}" is not an https URL.`);
}

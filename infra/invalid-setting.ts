/** A setting of the deployment cannot be used; the message says why and what to write instead. */
export class InvalidSetting extends Error {
  override readonly name = 'InvalidSetting';
  /** The setting's name, as the operator wrote it. */
  readonly setting: string;

  constructor(setting: string, problem: string) {
    super(`${setting}: ${problem}`);
    this.setting = setting;
  }
}

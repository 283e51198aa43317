/** The emulated account and region, as they appear in ARNs. */
export interface Account {
  /** `aws`, `aws-cn` or `aws-us-gov`. */
  readonly partition: string;
  readonly region: string;
  /** Twelve digits. */
  readonly accountId: string;
}

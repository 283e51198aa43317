import { leftOut } from './left-out.ts';

/** Asks an EC2 instance for its region. In Lambda the region stands in the environment. */
export const getInstanceMetadataRegion = (): never => leftOut('getInstanceMetadataRegion of the AWS SDK');

import type { AccessRequest } from '../aws/service.ts';
import type { Principal, ServicePrincipal } from './principal.ts';

/** Decides who may do what; the services ask it before every call, and before what they do in somebody's name. */
export interface Authorizer {
  /** @throws AwsError AccessDeniedException, or what the service of the action calls it */
  readonly authorize: (principal: Principal, request: AccessRequest) => void;
  readonly allows: (principal: Principal, request: AccessRequest) => boolean;
  /** Whether the trust policy of the role lets the service use it. */
  readonly mayAssume: (roleArn: string, service: ServicePrincipal) => boolean;
}

export { AWKWARD_SETTINGS } from './strict-cognito/pool.ts';
export { startStrictCognito } from './strict-cognito/server.ts';
export type {
  ArrivingCall,
  CognitoFault,
  GeneratedUsers,
  RecordedCall,
  StrictCognito,
  StrictCognitoControl,
  StrictCognitoOptions,
  StrictCognitoUser,
} from './strict-cognito/types.ts';
export { cognitoUser } from './strict-cognito/users.ts';

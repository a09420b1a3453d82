/**
 * Header that tells the contract tests (test/contracts) of an answer that a test has put in place of the vendor's, such
 * as a fault on the way. It is none of the vendor's, and the code under test does not read it.
 */
export const INJECTED_ANSWER = 'x-injected-answer';

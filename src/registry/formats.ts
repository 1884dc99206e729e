/** The custom Ajv formats of the shared vocabulary, by name; each has its schema of the same name under schemas/vocabulary/. */
import { isFullDate } from './formats/calendar.js';
import { isDivisionCode } from './formats/division.js';
import { isPersonalName } from './formats/name.js';
import { isCurrencyAmount, isMobileNumber } from './formats/number.js';
import { isUnifiedSocialCreditCode } from './formats/organisation.js';
import { isResidentIdentityNumber } from './formats/resident.js';
import { isAddress } from './formats/text.js';

/** Each says whether a text is in its format, without a regular expression, as they are on the hot path. */
export const formats: Readonly<Record<string, (value: string) => boolean>> = {
  'resident-identity-number': isResidentIdentityNumber,
  'unified-social-credit-code': isUnifiedSocialCreditCode,
  'division-code': isDivisionCode,
  date: isFullDate,
  'personal-name': isPersonalName,
  'mobile-number': isMobileNumber,
  address: isAddress,
  'currency-amount': isCurrencyAmount,
};

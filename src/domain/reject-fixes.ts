/** Why a row can be rejected, and what a person does about it: one line for all rows of a code. A code without its line does not compile. */
export const REJECT_FIXES = {
  AMOUNT_GROUPING: 'write the amount without commas',
  AMOUNT_INVALID: 'give one amount in rupees, as digits, in the cell',
  AMOUNT_PRECISION: 'check that it is the column of the amount, and give two decimals at most',
  AMOUNT_SCI: 'in Excel select the column, Format Cells → Number with 2 decimals, and save as CSV UTF-8',
  AMOUNT_WORDS: 'give the exact amount in rupees: a rounded figure must not be spoken',
  CELL_TOO_LONG: 'shorten the cell; a longer one is often two columns in one',
  COLUMN_COUNT: 'put amounts and names that contain commas in quotes, or save the sheet as CSV UTF-8 again',
  DATE_INVALID: 'give a day of the calendar in the order of the other dates; a date that is not known is left blank',
  FORMULA_RESIDUE: 'in Excel copy the column, Paste Special → Values, and save as CSV UTF-8',
  LOAN_ID_MISSING: 'give the loan id: every row needs one',
  LOAN_ID_SCI_LOST: 'take the ids from the source again, in a column of the format Text: what Excel cut off is gone',
  MOJIBAKE: 'open the original in Excel and save as CSV UTF-8',
  NAME_INVALID: 'give the borrower\'s name',
  NAME_LOST: 'open the original in Excel and save as CSV UTF-8',
  PHONE_DUMMY: 'ask the branch for the borrower\'s number, or leave the cell blank',
  PHONE_FOREIGN: 'ask the branch for an Indian number, or leave the cell blank',
  PHONE_LENGTH: 'give all 10 digits of the mobile number; never fill in what is missing',
  PHONE_MASKED: 'ask the source for the whole number, or leave the cell blank',
  PHONE_NOT_MOBILE: 'give a mobile number, or write a landline with its STD code apart: 0522-2612345',
  PHONE_SCI_LOST: 'in Excel select the column, Format Cells → Number with 0 decimals, and save as CSV UTF-8',
} as const satisfies Record<string, string>

export type RejectCode = keyof typeof REJECT_FIXES

/** What SOAP 1.1 and 1.2 name differently. */
export interface SoapVersion {
  readonly number: '1.1' | '1.2';
  /** Of the envelope, and of what is in it that is SOAP's own. */
  readonly namespace: string;
  readonly mediaType: string;
}

export const soapVersions: Readonly<Record<SoapVersion['number'], SoapVersion>> = {
  '1.1': { number: '1.1', namespace: 'http://schemas.xmlsoap.org/soap/envelope/', mediaType: 'text/xml' },
  '1.2': {
    number: '1.2',
    namespace: 'http://www.w3.org/2003/05/soap-envelope',
    mediaType: 'application/soap+xml',
  },
};

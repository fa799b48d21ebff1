import type { asn1 as forgeAsn1 } from 'node-forge';

export type Node = forgeAsn1.Asn1;

/** The few ASN.1 structures that certificates need, built with node-forge, which is loaded here on first use. */
export async function loadDer() {
  const { default: forge } = await import('node-forge');
  const { asn1, pki } = forge;
  const { Type, Class } = asn1;
  const universal = (type: forgeAsn1.Type, constructed: boolean, value: string | Node[]) =>
    asn1.create(Class.UNIVERSAL, type, constructed, value);
  return {
    pki,
    utf8: Type.UTF8,
    sequence: (...parts: Node[]) => universal(Type.SEQUENCE, true, parts),
    integer: (bytes: Uint8Array) => universal(Type.INTEGER, false, latin1(bytes)),
    oid: (id: string) => universal(Type.OID, false, asn1.oidToDer(id).getBytes()),
    nothing: () => universal(Type.NULL, false, ''),
    octets: (bytes: Uint8Array) => universal(Type.OCTETSTRING, false, latin1(bytes)),
    bits: (bytes: Uint8Array) => universal(Type.BITSTRING, false, `\0${latin1(bytes)}`),
    tagged: (tag: number, ...parts: Node[]) => asn1.create(Class.CONTEXT_SPECIFIC, tag, true, parts),
    /** RFC 5280 4.1.2.5: two-digit years up to 2049. */
    time: (date: Date) =>
      date.getUTCFullYear() < 2050
        ? universal(Type.UTCTIME, false, asn1.dateToUtcTime(date))
        : universal(Type.GENERALIZEDTIME, false, asn1.dateToGeneralizedTime(date)),
    parse: (der: Uint8Array) => asn1.fromDer(latin1(der)),
    print: (tree: Node) => Buffer.from(asn1.toDer(tree).getBytes(), 'latin1'),
    idOf: (tree: Node) => (typeof tree.value === 'string' && tree.type === Type.OID ? asn1.derToOid(tree.value) : undefined),
  };
}

export type Der = Awaited<ReturnType<typeof loadDer>>;

export function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('latin1');
}

/** The direct children of a node; none for a leaf. */
export function children(tree: Node | undefined): readonly Node[] {
  return tree !== undefined && Array.isArray(tree.value) ? tree.value : [];
}

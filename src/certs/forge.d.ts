import 'node-forge';

// Functions of node-forge that are missing in its published types.
declare module 'node-forge' {
  namespace pki {
    function certificateExtensionsToAsn1(extensions: readonly unknown[]): asn1.Asn1;
  }
}

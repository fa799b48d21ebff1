import 'node-forge';

// Functions of node-forge that its published types leave out.
declare module 'node-forge' {
  namespace pki {
    function certificateExtensionsToAsn1(extensions: readonly unknown[]): asn1.Asn1;
  }
}

/** What a cmdlet throws: its message, and PowerShell's id of the error. */
export class Complaint extends Error {
  constructor(message: string, readonly id = 'InvalidParameter,Microsoft.HyperV.PowerShell.Commands') {
    super(message);
  }
}

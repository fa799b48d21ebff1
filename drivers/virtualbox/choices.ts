/** The values of flags that VBoxManage takes as they are. */
export const uiTypes = ['gui', 'sdl', 'headless', 'separate'];
export const promiscuousModes = ['deny', 'allow-vms', 'allow-all'];
export const nicTypes = ['82540EM', '82543GC', '82545EM', 'Am79C970A', 'Am79C973', 'virtio'];

// GenRL

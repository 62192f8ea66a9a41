; %error and %warning, and %fatal, which ends the assembly.
%warning "this is a warning"
%error this is an error
%ifndef CONFIGURED
  %error "configure me" first
%endif
        db 1
%fatal stop here
        this is not reached

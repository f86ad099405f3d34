%% @doc Primitives of `Reference'.
-module(beamtalk_reference).

-export(['class new'/1, demonitor/1]).

-compile({no_auto_import, [demonitor/1]}).

-spec 'class new'(beamtalk_class:class_object()) -> reference().
'class new'(_) -> make_ref().

%% Ends a monitor that this process made; a message of it that has come already is dropped.
-spec demonitor(reference()) -> boolean().
demonitor(Reference) ->
    try
        erlang:demonitor(Reference, [flush])
    catch
        error:badarg -> false
    end.

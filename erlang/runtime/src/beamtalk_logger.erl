%% @doc Primitive of `Logger': OTP's log.
-module(beamtalk_logger).

-export(['class log:message:metadata:'/4]).

-spec 'class log:message:metadata:'(term(), term(), term(), term()) -> nil.
'class log:message:metadata:'(_, Level, Message, Metadata) ->
    Text = beamtalk_check:string(Message, 'Logger', 'log:message:metadata:'),
    Given = beamtalk_check:dictionary(Metadata, 'Logger', 'log:message:metadata:'),
    Keyed = maps:filter(fun(Key, _) -> is_atom(Key) end, Given),
    logger:log(level(Level), "~ts~ts", [Text, shown(Given)], Keyed),
    nil.

level(Level) when
    Level =:= debug; Level =:= info; Level =:= notice; Level =:= warning; Level =:= error; Level =:= critical
->
    Level;
level(warn) ->
    warning;
level(Level) ->
    Shown = ["knows no level ", beamtalk_print:print_string(Level)],
    beamtalk_check:invalid('Logger', 'log:message:metadata:', Shown, nil).

shown(Metadata) when map_size(Metadata) =:= 0 -> "";
shown(Metadata) -> [" ", beamtalk_print:print_string(Metadata)].

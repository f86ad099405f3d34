%% @doc Primitives of `System': environment, operating system, Erlang machine.
-module(beamtalk_system).

-export(['class getEnv:'/2, 'class setEnv:value:'/3, 'class unsetEnv:'/2, 'class osPlatform'/1]).
-export(['class osFamily'/1, 'class architecture'/1, 'class hostname'/1, 'class erlangVersion'/1]).
-export(['class pid'/1, 'class uniqueId'/1, 'class processors'/1, 'class arguments'/1, 'class halt:'/2]).

-spec 'class getEnv:'(term(), term()) -> binary() | nil.
'class getEnv:'(_, Name) ->
    case os:getenv(name(Name, 'getEnv:')) of
        false -> nil;
        Value -> unicode:characters_to_binary(Value)
    end.

-spec 'class setEnv:value:'(term(), term(), term()) -> true.
'class setEnv:value:'(_, Name, Value) ->
    Text = beamtalk_check:string(Value, 'System', 'setEnv:value:'),
    os:putenv(name(Name, 'setEnv:value:'), unicode:characters_to_list(Text)).

-spec 'class unsetEnv:'(term(), term()) -> true.
'class unsetEnv:'(_, Name) -> os:unsetenv(name(Name, 'unsetEnv:')).

name(Name, Selector) ->
    Text = beamtalk_check:string(Name, 'System', Selector),
    case Text =:= <<>> orelse binary:match(Text, [<<"=">>, <<0>>]) =/= nomatch of
        true -> beamtalk_check:invalid('System', Selector, <<"expects the name of a variable">>, nil);
        false -> unicode:characters_to_list(Text)
    end.

-spec 'class osPlatform'(term()) -> binary().
'class osPlatform'(_) -> atom_to_binary(element(2, os:type())).

-spec 'class osFamily'(term()) -> binary().
'class osFamily'(_) -> atom_to_binary(element(1, os:type())).

-spec 'class architecture'(term()) -> binary().
'class architecture'(_) -> list_to_binary(erlang:system_info(system_architecture)).

-spec 'class hostname'(term()) -> binary().
'class hostname'(_) ->
    {ok, Name} = inet:gethostname(),
    list_to_binary(Name).

-spec 'class erlangVersion'(term()) -> binary().
'class erlangVersion'(_) -> list_to_binary(erlang:system_info(otp_release)).

-spec 'class pid'(term()) -> integer().
'class pid'(_) -> list_to_integer(os:getpid()).

-spec 'class uniqueId'(term()) -> integer().
'class uniqueId'(_) -> erlang:unique_integer([positive, monotonic]).

-spec 'class processors'(term()) -> pos_integer().
'class processors'(_) -> erlang:system_info(schedulers_online).

-spec 'class arguments'(term()) -> [binary()].
'class arguments'(_) -> [unicode:characters_to_binary(A) || A <- init:get_plain_arguments()].

-spec 'class halt:'(term(), term()) -> no_return().
'class halt:'(_, Code) ->
    N = beamtalk_check:non_negative(Code, 'System', 'halt:'),
    init:stop(N),
    timer:sleep(infinity).

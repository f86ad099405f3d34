%% @doc Message sends to receivers whose class is not known at compile time, and the ways in which
%% an actor is sent to: waiting, as a request in flight, as a future, without an answer.
%%
%% The order of the clauses of `send/3' is by how often compiled code gets there: value objects,
%% actors and classes first, then the terms that are their own values.
-module(beamtalk_send).

-export([send/3, start/4, future/4, as_future/4, cast/4, self_send/3, missing/3]).
-export([undefined_function/3]).

%% Where a send stands; one through a proxy has its limit with it.
-type site() :: {module(), atom(), non_neg_integer()} | {'$limit', timeout(), site()} | nil.
-export_type([site/0]).

-spec send(term(), atom(), [term()]) -> term().
send(#{'__class__' := Module} = Self, Selector, Args) ->
    Module:'$send'(Selector, Self, Args);
send({'$actor', Module, To} = Self, Selector, Args) ->
    case To =:= self() orelse beamtalk_actor_messages:is_local(Selector, Module) of
        true -> Module:'$send'(Selector, Self, Args);
        false -> beamtalk_actor_send:call(Self, Selector, Args)
    end;
send({'$class', Module} = Self, Selector, Args) ->
    Module:'$csend'(Selector, Self, Args);
send(Self, Selector, Args) when is_integer(Self) ->
    'bt@stdlib@Integer':'$send'(Selector, Self, Args);
send(Self, Selector, Args) when is_list(Self) ->
    'bt@stdlib@List':'$send'(Selector, Self, Args);
send(Self, Selector, Args) when is_map(Self) ->
    'bt@stdlib@Dictionary':'$send'(Selector, Self, Args);
send(Self, Selector, Args) when is_function(Self) ->
    beamtalk_block:send(Self, Selector, Args);
send({'$erlang', Module} = Self, Selector, Args) ->
    beamtalk_erlang:send(Self, Module, Selector, Args);
send({'$proxy', Actor, Limit} = Self, Selector, Args) ->
    beamtalk_timeout_proxy:send(Self, Actor, Limit, Selector, Args);
send({'$request', _, _, _, _, _} = Request, Selector, Args) ->
    send(beamtalk_future:value(Request), Selector, Args);
send(Self, Selector, Args) ->
    Module = beamtalk_class:class_of(Self),
    Module:'$send'(Selector, Self, Args).

%% Starts a send whose value the same method will wait for.
-spec start(term(), atom(), [term()], site()) -> term().
start({'$actor', Module, To} = Self, Selector, Args, Site) ->
    case To =:= self() orelse beamtalk_actor_messages:is_local(Selector, Module) of
        true -> Module:'$send'(Selector, Self, Args);
        false -> beamtalk_actor_send:request(Self, Selector, Args, Site)
    end;
start({'$proxy', {'$actor', Module, To} = Actor, Limit}, Selector, Args, Site) ->
    case To =:= self() orelse beamtalk_actor_messages:is_local(Selector, Module) of
        true -> Module:'$send'(Selector, Actor, Args);
        false -> beamtalk_actor_send:request(Actor, Selector, Args, {'$limit', Limit, Site})
    end;
start(Self, Selector, Args, _Site) ->
    send(Self, Selector, Args).

%% Starts a send whose value may be asked for elsewhere.
-spec future(term(), atom(), [term()], site()) -> term().
future({'$actor', Module, To} = Self, Selector, Args, Site) ->
    case To =:= self() orelse beamtalk_actor_messages:is_local(Selector, Module) of
        true -> Module:'$send'(Selector, Self, Args);
        false -> beamtalk_future:of_send(Self, Selector, Args, Site)
    end;
future({'$proxy', Actor, Limit}, Selector, Args, Site) ->
    future(Actor, Selector, Args, {'$limit', Limit, Site});
future(Self, Selector, Args, _Site) ->
    send(Self, Selector, Args).

%% `receiver future selector': a future object in any case, of a plain value a resolved one. A
%% plain receiver's error rejects the future, as an actor's does.
-spec as_future(term(), atom(), [term()], site()) -> beamtalk_future:future().
as_future({'$actor', _, To} = Self, Selector, Args, Site) when To =/= self() ->
    case future(Self, Selector, Args, Site) of
        {'$future', _} = Future -> Future;
        Value -> beamtalk_future:resolved(Value)
    end;
as_future({'$proxy', Actor, Limit}, Selector, Args, Site) ->
    as_future(Actor, Selector, Args, {'$limit', Limit, Site});
as_future(Self, Selector, Args, Site) ->
    try send(Self, Selector, Args) of
        Value -> beamtalk_future:resolved(Value)
    catch
        error:Reason:Stack ->
            beamtalk_future:rejected(beamtalk_exception:from(error, Reason, Stack), Site)
    end.

%% `receiver selector!': no answer, no wait. A receiver that is no actor is sent to as ever.
-spec cast(term(), atom(), [term()], site()) -> nil.
cast({'$actor', Module, _} = Self, Selector, Args, _Site) ->
    case beamtalk_actor_messages:is_local(Selector, Module) of
        true -> Module:'$send'(Selector, Self, Args);
        false -> beamtalk_actor_send:cast(Self, Selector, Args)
    end,
    nil;
cast({'$proxy', Actor, _}, Selector, Args, Site) ->
    cast(Actor, Selector, Args, Site);
cast(Self, Selector, Args, _Site) ->
    send(Self, Selector, Args),
    nil.

%% A send to `self' inside a method: never a call of a process.
-spec self_send(term(), atom(), [term()]) -> term().
self_send(#{'__class__' := Module} = Self, Selector, Args) ->
    Module:'$send'(Selector, Self, Args);
self_send({'$actor', Module, _} = Self, Selector, Args) ->
    Module:'$send'(Selector, Self, Args);
self_send({'$class', Module} = Self, Selector, Args) ->
    Module:'$csend'(Selector, Self, Args);
self_send(Self, Selector, Args) ->
    send(Self, Selector, Args).

%% A direct call of a method that the class had when its caller was compiled, and has no more: the
%% message is sent. `error_handler' asks this of the class's module.
-spec undefined_function(module(), atom(), [term()]) -> term().
undefined_function(Module, Function, [Self | Args] = All) ->
    case {atom_to_list(Function), Self} of
        {"class " ++ Selector, {'$class', _}} ->
            Module:'$csend'(list_to_atom(Selector), Self, Args);
        {"$" ++ _, _} ->
            undefined(Module, Function, All);
        _ ->
            case beamtalk_class:is_kind_of(Self, Module) of
                true -> Module:'$send'(Function, Self, Args);
                false -> undefined(Module, Function, All)
            end
    end;
undefined_function(Module, Function, []) ->
    undefined(Module, Function, []).

-spec undefined(module(), atom(), [term()]) -> no_return().
undefined(Module, Function, Args) ->
    erlang:raise(error, undef, [{Module, Function, Args, []}]).

%% Where a class's dispatch ends that found no method: extensions of the class and its ancestors,
%% then `doesNotUnderstand:args:', then the error.
-spec missing(atom(), term(), [term()]) -> term().
missing(Selector, {'$class', Module} = Self, Args) ->
    case beamtalk_registry:extension(Module, class, Selector, length(Args)) of
        {Ext, Function} ->
            apply(Ext, Function, [Self | Args]);
        none ->
            unknown_to_class(Selector, Self, Module, Args)
    end;
missing(Selector, Self, Args) ->
    Module = beamtalk_class:class_of(Self),
    case beamtalk_registry:extension(Module, instance, Selector, length(Args)) of
        {Ext, Function} ->
            apply(Ext, Function, [Self | Args]);
        none ->
            unknown(Selector, Self, Module, 'doesNotUnderstand:args:', Args)
    end.

unknown_to_class(Selector, {'$class', Module} = Self, Module, Args) when
    Selector =:= spawn; Selector =:= 'spawnWith:'; Selector =:= 'spawnAs:'; Selector =:= 'spawnWith:as:'
->
    case beamtalk_class:kind(Module) of
        actor -> unknown(Selector, Self, Module, 'class doesNotUnderstand:args:', Args);
        _ -> not_an_actor(Selector, Module)
    end;
unknown_to_class(Selector, Self, Module, Args) ->
    case beamtalk_registry:extension('bt@stdlib@Class', instance, Selector, length(Args)) of
        {Ext, Function} ->
            apply(Ext, Function, [Self | Args]);
        none ->
            unknown(Selector, Self, Module, 'class doesNotUnderstand:args:', Args)
    end.

-spec not_an_actor(atom(), module()) -> no_return().
not_an_actor(Selector, Module) ->
    Name = beamtalk_class:name(Module),
    beamtalk_exception:raise(
        instantiation_error,
        Name,
        Selector,
        [atom_to_binary(Name), <<" is not an actor: ">>, beamtalk_print:symbol(Selector), <<" makes actors only">>],
        iolist_to_binary([<<"Use ">>, atom_to_binary(Name), maker(beamtalk_class:kind(Module))])
    ).

maker(supervisor) -> <<" supervise">>;
maker(_) -> <<" new">>.

%% ProtoObject's own `doesNotUnderstand:args:' raises; the walk need not get there.
unknown(Selector, Self, Module, Function, Args) ->
    case handler(Module, Function) of
        none -> last_resort(Selector, Self, Args);
        Definer -> Definer:Function(Self, Selector, Args)
    end.

%% An extension of a program that runs without a loader may lie on the code path.
last_resort(Selector, Self, Args) ->
    case beamtalk_registry:scan_extensions() of
        true -> missing(Selector, Self, Args);
        false -> beamtalk_exception:dnu(Self, Selector, Args)
    end.

handler(Module, Function) ->
    case beamtalk_class:definer(Module, Function, 3) of
        nil -> none;
        'bt@stdlib@ProtoObject' -> none;
        Definer -> Definer
    end.

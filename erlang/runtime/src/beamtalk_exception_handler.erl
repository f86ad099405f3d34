%% @doc Handlers of exceptions: `on:do:', what compiled code asks of it where it catches in place, and the
%% ways out of a handler. Runs in the process of the block.
-module(beamtalk_exception_handler).

-export([on_do/3, caught/2, caught/4, handled/4, leave/3, ensure/2, if_curtailed/2]).

%% `aBlock on: aClass do: aHandler'. A return from a method passes through untouched.
-spec on_do(fun(), term(), term()) -> term().
on_do(Body, ClassOrSet, Handler) ->
    try
        beamtalk_block:apply(Body, [])
    catch
        throw:{'$bt_return', _, _} = Return:Stack ->
            erlang:raise(throw, Return, Stack);
        throw:{'$bt_handler', _, _} = Return:Stack ->
            erlang:raise(throw, Return, Stack);
        Class:Reason:Stack ->
            Exception = beamtalk_exception:from(Class, Reason, Stack),
            case handles(ClassOrSet, Exception) of
                true -> handle(Body, ClassOrSet, Handler, Exception);
                false -> erlang:raise(Class, reraised(Class, Reason, Exception), Stack)
            end
    end.

%% Where a frame list has been gathered on the way it stays with the exception.
reraised(error, #{'__class__' := _, stack_trace := _}, Exception) -> Exception;
reraised(_, Reason, _) -> Reason.

handle(Body, ClassOrSet, Handler, Exception) ->
    Token = make_ref(),
    put({'$bt_handler', Token}, true),
    try
        run_handler(Handler, Exception#{'$handler' => Token})
    of
        Value ->
            erase({'$bt_handler', Token}),
            Value
    catch
        throw:{'$bt_handler', Token, Exit} ->
            erase({'$bt_handler', Token}),
            case Exit of
                {return, Value} -> Value;
                retry -> on_do(Body, ClassOrSet, Handler);
                {retry, Other} -> on_do(Other, ClassOrSet, Handler)
            end;
        Class:Reason:Stack ->
            erase({'$bt_handler', Token}),
            erlang:raise(Class, Reason, Stack)
    end.

run_handler(Handler, _Exception) when is_function(Handler, 0) -> Handler();
run_handler(Handler, Exception) -> beamtalk_block:apply(Handler, [Exception]).

handles({'$class', Module} = Class, Exception) ->
    case beamtalk_class:is_kind_of(Exception, Module) of
        true -> true;
        false -> beamtalk_class:inherits(Module, 'bt@stdlib@Exception') =:= false andalso no_exception(Class)
    end;
handles(#{'__class__' := 'bt@stdlib@ExceptionSet', classes := Classes}, Exception) ->
    lists:any(fun(Each) -> handles(Each, Exception) end, Classes);
handles(Kind, #{kind := Kind}) when is_atom(Kind) ->
    true;
handles(Kind, _) when is_atom(Kind), Kind =/= nil ->
    false;
handles(Other, _) ->
    no_exception(Other).

-spec no_exception(term()) -> no_return().
no_exception(Other) ->
    beamtalk_exception:type_error('Block', 'on:do:', <<"an Exception class">>, Other).

%% For `try' in place: the exception, if `on: ClassOrSet do:' is to handle what was caught, else
%% `false'. An exception whose stack trace nobody asks for is itself.
-spec caught(beamtalk_exception:exception(), term()) -> beamtalk_exception:exception() | false.
caught(Exception, ClassOrSet) ->
    handles(ClassOrSet, Exception) andalso Exception.

-spec caught(error | exit | throw, term(), [term()], term()) -> beamtalk_exception:exception() | false.
caught(throw, {'$bt_return', _, _}, _, _) ->
    false;
caught(throw, {'$bt_handler', _, _}, _, _) ->
    false;
caught(Class, Reason, Stack, ClassOrSet) ->
    Exception = beamtalk_exception:from(Class, Reason, Stack),
    handles(ClassOrSet, Exception) andalso Exception.

%% The same for compact code: the exception to handle; what is not to be handled goes on.
-spec handled(error | exit | throw, term(), [term()], term()) -> beamtalk_exception:exception().
handled(Class, Reason, Stack, ClassOrSet) ->
    case caught(Class, Reason, Stack, ClassOrSet) of
        false -> erlang:raise(Class, Reason, Stack);
        Exception -> Exception
    end.

-spec ensure(fun(), fun()) -> term().
ensure(Body, After) ->
    ok = beamtalk_unwind:entered(After),
    try
        beamtalk_block:apply(Body, [])
    after
        beamtalk_unwind:left(After)
    end.

-spec if_curtailed(fun(), fun()) -> term().
if_curtailed(Body, Curtailed) ->
    ok = beamtalk_unwind:entered(Curtailed),
    try
        beamtalk_block:apply(Body, [])
    of
        Value ->
            ok = beamtalk_unwind:completed(),
            Value
    catch
        Class:Reason:Stack ->
            _ = beamtalk_unwind:left(Curtailed),
            erlang:raise(Class, Reason, Stack)
    end.

%% Ends the handler that runs with the exception: with a value, or for another try of its block or of one
%% given.
-spec leave(beamtalk_exception:exception(), atom(), {return, term()} | retry | {retry, fun()}) -> no_return().
leave(#{'__class__' := Module} = Exception, Selector, Exit) ->
    Token = maps:get('$handler', Exception, none),
    case get({'$bt_handler', Token}) of
        true -> throw({'$bt_handler', Token, Exit});
        _ -> no_handler(Module, Selector)
    end.

%% The handler has ended, or runs in another process.
no_handler(Module, Selector) ->
    beamtalk_exception:raise(
        unsupported,
        beamtalk_class:name(Module),
        Selector,
        [atom_to_binary(Selector), <<" only works inside the handler of on:do:">>],
        nil
    ).
